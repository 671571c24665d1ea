"""
Answers of the measures from plain sets of users, with nothing of the project in it: Python and its standard library alone.

It reads `user,timestamp,event` files of real data, answers a list of questions from the definitions in docs/measures.md as
literally as they can be written, and writes questions and answers as fixtures, which test/measures/golden.test.ts compares
with the library's. Run it if a definition changes, and look at what else did:

    python3 test/support/measures/plain.py ../shared/data test/measures/fixtures
"""

import csv
import gzip
import json
import re
import sys
from datetime import date, datetime, timezone
from itertools import combinations
from pathlib import Path
from zoneinfo import ZoneInfo

GROUPS = {"hours": "hour", "days": "day", "weeks": "week", "months": "month", "quarters": "quarter", "years": "year"}


# Periods are numbers: consecutive ones have consecutive numbers.


def number_of(unit, day, hour=0):
    """The number of the period of a unit that a day, and an hour of it, lies in."""
    if unit == "hour":
        return day.toordinal() * 24 + hour
    if unit == "day":
        return day.toordinal()
    if unit == "week":
        return (day.toordinal() - 1) // 7  # 0001-01-01 was a Monday
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    return (day.year * 12 + day.month - 1) // months


def start_of(unit, number):
    """The first day of a period, and the first hour of that day."""
    if unit == "hour":
        return date.fromordinal(number // 24), number % 24
    if unit == "day":
        return date.fromordinal(number), 0
    if unit == "week":
        return date.fromordinal(number * 7 + 1), 0
    month = number * {"month": 1, "quarter": 3, "year": 12}[unit]
    return date(month // 12, month % 12 + 1, 1), 0


def text_of(unit, number):
    day, hour = start_of(unit, number)
    if unit == "hour":
        return f"{day.isoformat()}T{hour:02}"
    if unit == "day":
        return day.isoformat()
    if unit == "week":
        year, week, _ = day.isocalendar()
        return f"{year:04}-W{week:02}"
    if unit == "month":
        return f"{day.year:04}-{day.month:02}"
    if unit == "quarter":
        return f"{day.year:04}-Q{(day.month + 2) // 3}"
    return f"{day.year:04}"


def parse(text):
    """`2011`, `2011-Q2`, `2011-05`, `2011-W20`, `2011-05-17` or `2011-05-17T13` as a unit and a number."""
    if found := re.fullmatch(r"(\d{4})-W(\d\d)", text):
        return "week", number_of("week", date.fromisocalendar(int(found[1]), int(found[2]), 1))
    if found := re.fullmatch(r"(\d{4})-Q(\d)", text):
        return "quarter", number_of("quarter", date(int(found[1]), 3 * int(found[2]) - 2, 1))
    if found := re.fullmatch(r"(\d{4}-\d\d-\d\d)T(\d\d)", text):
        return "hour", number_of("hour", date.fromisoformat(found[1]), int(found[2]))
    parts = [int(part) for part in text.split("-")]
    unit = ["year", "month", "day"][len(parts) - 1]
    return unit, number_of(unit, date(*(parts + [1, 1])[:3]))


def first_hour(unit, number):
    return number_of("hour", *start_of(unit, number))


class World:
    """Who did what, when, as seen in a time zone at a moment."""

    def __init__(self, marks, zone, now):
        self.hours = {}  # event -> hour on the clock of the wall -> users
        for user, time, event in marks:
            local = datetime.fromtimestamp(time, ZoneInfo(zone))
            hour = number_of("hour", local.date(), local.hour)
            self.hours.setdefault(event, {}).setdefault(hour, set()).add(user)
        local = datetime.fromisoformat(now.replace("Z", "+00:00")).astimezone(ZoneInfo(zone))
        self.now_hour = number_of("hour", local.date(), local.hour)
        self.kept = {}

    def only(self, users):
        """The same, but for all others."""
        world = object.__new__(World)
        world.hours = {
            event: {hour: found & users for hour, found in hours.items()} for event, hours in self.hours.items()
        }
        world.now_hour = self.now_hour
        world.kept = {}
        return world

    def now(self, unit):
        return number_of(unit, *start_of("hour", self.now_hour))

    def did(self, event, unit, number):
        """Who did an event in a period."""
        if (event, unit) not in self.kept:
            periods = self.kept[event, unit] = {}
            for hour, users in self.hours.get(event, {}).items():
                periods.setdefault(number_of(unit, *start_of("hour", hour)), set()).update(users)
        return self.kept[event, unit].get(number, set())

    def between(self, event, first, last):
        """Who did an event from an hour on, up to another."""
        return union(users for hour, users in self.hours.get(event, {}).items() if first <= hour < last)

    def ever(self, event):
        """Whoever did an event carries its flag: these data are marked so."""
        return self.between(event, 0, float("inf"))

    def before(self, event, unit, number, history_start):
        """Who did an event before a period, since a history begins."""
        first = 0 if history_start is None else first_hour(*parse(history_start))
        return self.between(event, first, first_hour(unit, number))


def union(sets):
    return set().union(*sets)


# Expression texts: names with periods, joined by ~ & ^ | and parentheses.


def users_of(world, text, period=None):
    tokens = re.findall(r'[()~&^|]|(?:"[^"]*"|[^\s()~&^|"@]+)@(?:\{period\}|[^\s()~&^|]+)', text)
    everybody = union(world.ever(event) for event in world.hours)

    def join(signs):
        if signs == "":
            return operand()
        users = join(signs[1:])
        while tokens and tokens[0] == signs[0]:
            tokens.pop(0)
            other = join(signs[1:])
            users = {"|": users | other, "^": users ^ other, "&": users & other}[signs[0]]
        return users

    def operand():
        token = tokens.pop(0)
        if token == "~":
            return everybody - operand()
        if token == "(":
            users = join("|^&")
            assert tokens.pop(0) == ")"
            return users
        name, _, when = token.rpartition("@")
        name = name.strip('"')
        if when == "unique":
            return world.ever(name)
        if when == "{period}":
            return world.did(name, *period)
        first, _, last = when.partition("..")
        unit, number = parse(last or first)
        return world.between(name, first_hour(*parse(first)), first_hour(unit, number + 1))

    users = join("|^&")
    assert tokens == []
    return users


# Measures. S_p: who did the start event in p; R_q: who did the return event in q; A_p: who was active in p.


def range_of(question):
    unit = GROUPS[question["timeGroup"]]
    start = question["startDate"]
    given, number = parse(start)
    first = number_of(unit, *start_of(given, number))
    return unit, range(first, first + question["numResults"])


def count_of(world, unit, number, users):
    """How many they are; of a period that is still to come, nobody knows."""
    return None if number > world.now(unit) else len(users)


def retention(world, question):
    unit, periods = range_of(question)
    mode = question.get("mode", "exact")
    now = world.now(unit)
    rows = []
    for p in periods:
        entered = world.did(question["start"], unit, p)
        entry = question.get("entry", "every")
        if entry == "first":
            entered = entered - world.before(question["start"], unit, p, question.get("historyStart"))
        elif entry != "every":
            entered = entered & world.ever(entry)

        def returned(first, last):
            return union(world.did(question["return"], unit, p + j) for j in range(first, last + 1))

        # The period after p that a cell is named after, the first one of a bracket, and who is in it.
        cells = []
        if mode == "bracket":
            cells.append((0, entered & returned(0, 0)))
            first = 1
            for size in question["brackets"]:
                cells.append((first, entered & returned(first, first + size - 1)))
                first += size
        else:
            last = question["numOfRows"]
            for k in range(last + 1):
                if mode == "on-or-after":
                    end = now - p if question.get("horizon") == "now" else last
                    cells.append((k, entered & returned(k, end)))
                elif k == 0 or mode == "exact":
                    cells.append((k, entered & returned(k, k)))
                elif mode == "on-or-before":
                    cells.append((k, entered & returned(1, k)))
                elif mode == "streak":
                    users = entered
                    for j in range(1, k + 1):
                        users = users & returned(j, j)
                    cells.append((k, users))
                else:
                    raise ValueError(mode)
        counts = [count_of(world, unit, p + k, users) for k, users in cells]
        rows.append({"period": text_of(unit, p), "size": len(entered), "cells": counts})
    return rows


def lifecycle(world, question):
    unit, periods = range_of(question)
    rows = []
    for p in periods:
        active = world.did(question["event"], unit, p)
        before = world.did(question["event"], unit, p - 1)
        if "created" in question:
            new = active & world.did(question["created"], unit, p)
        else:
            new = active - world.before(question["event"], unit, p, question.get("historyStart"))
        classes = {
            "new": new,
            "returning": (active & before) - new,
            "resurrecting": active - before - new,
            "dormant": before - active,
        }
        told = {name: count_of(world, unit, p, users) for name, users in classes.items()}
        rows.append({"period": text_of(unit, p), **told})
    return rows


def frequency(world, question):
    unit, periods = range_of(question)
    times = {}
    for p in periods:
        for user in world.did(question["event"], unit, p):
            times[user] = times.get(user, 0) + 1
    return [
        {
            "k": k,
            "exactly": count_of(world, unit, periods[0], [user for user, count in times.items() if count == k]),
            "atLeast": count_of(world, unit, periods[0], [user for user, count in times.items() if count >= k]),
        }
        for k in range(1, len(periods) + 1)
    ]


def ratio(world, question):
    """The mean of the short periods that begin in a long one, and have begun: a week belongs to the month of its Monday."""
    event, short, long = question["event"], GROUPS[question["short"]], GROUPS[question["long"]]
    _, periods = range_of({**question, "timeGroup": question["long"]})
    rows = []
    for p in periods:
        active = len(world.did(event, long, p))
        begin, end = first_hour(long, p), first_hour(long, p + 1)
        near = range(number_of(short, *start_of(long, p)), world.now(short) + 1)
        own = [len(world.did(event, short, q)) for q in near if begin <= first_hour(short, q) < end]
        mean = sum(own) / len(own) if own and active else 0
        told = {"mean": round(mean, 9), "of": active, "ratio": round(mean / active, 9) if own and active else None}
        if p > world.now(long):
            told = {"mean": None, "of": None, "ratio": None}
        rows.append({"period": text_of(long, p), **told})
    return rows


def rolling(world, question):
    unit, periods = range_of(question)
    event, span = question["event"], question["span"]
    return [
        {
            "period": text_of(unit, p),
            "count": count_of(
                world, unit, p, union(world.did(event, unit, q) for q in range(p - span + 1, p + 1))
            ),
        }
        for p in periods
    ]


def funnel(world, question):
    unit, periods = range_of(question)
    steps, window = question["steps"], question["window"]
    reached = []  # by entry period, step and delay
    for p in periods:
        by_step = [[world.did(steps[0], unit, p)] * (window + 1)]
        for step in steps[1:]:
            by_delay = []
            for delay in range(window + 1):
                earlier = by_delay[-1] if delay > 0 else set()
                if question["same"] == "allow":
                    ready = by_step[-1][delay]
                else:
                    ready = by_step[-1][delay - 1] if delay > 0 else set()
                by_delay.append(earlier | (ready & world.did(step, unit, p + delay)))
            by_step.append(by_delay)
        reached.append(by_step)
    # Who had reached a step so many periods after any entry.
    by_then = [[union(by_step[i][delay] for by_step in reached) for delay in range(window + 1)] for i in range(len(steps))]
    rows = [{"step": i + 1, "event": step, "count": len(by_then[i][window])} for i, step in enumerate(steps)]
    times = [
        [len(users - (by_delay[delay - 1] if delay > 0 else set())) for delay, users in enumerate(by_delay)]
        for by_delay in by_then[1:]
    ]
    entries = [
        {
            "period": text_of(unit, p),
            # People who had reached a step so many periods after they entered, step by step.
            "reached": [[len(users) for users in by_delay] for by_delay in by_step],
        }
        for p, by_step in zip(periods, reached)
    ]
    return {"rows": rows, "entries": entries, "times": times}


def overlap(world, question):
    sets = [users_of(world, text) for text in question["sets"]]
    if "universe" in question:
        sets = [users & users_of(world, question["universe"]) for users in sets]
    rows = []
    for size in range(1, len(sets) + 1):
        for chosen in combinations(range(len(sets)), size):
            users = set.intersection(*(sets[i] for i in chosen))
            others = union(sets[i] for i in range(len(sets)) if i not in chosen)
            rows.append({"sets": list(chosen), "count": len(users), "exclusive": len(users - others)})
    return rows


def similar(world, question):
    """Other events of one period, the nearest by phi first, among those who did anything in it."""
    unit, periods = range_of({**question, "numResults": 1})
    did = {event: world.did(event, unit, periods[0]) for event in sorted(world.hours)}
    everybody = union(did.values())
    event = did.pop(question["event"])
    rows = []
    for name, other in did.items():
        both = event & other
        if not both:
            continue
        # The correlation of two columns of 0 and 1.
        share, other_share = len(event) / len(everybody), len(other) / len(everybody)
        spread = share * (1 - share) * other_share * (1 - other_share)
        phi = (len(both) / len(everybody) - share * other_share) / spread**0.5 if spread > 0 else None
        row = {
            "event": name,
            "size": len(other),
            "together": len(both),
            "share": 100 * len(both) / len(event),
            "jaccard": len(both) / len(event | other),
            "lift": len(both) / len(everybody) / share / other_share,
            "phi": phi,
        }
        rows.append({key: round(value, 9) if isinstance(value, float) else value for key, value in row.items()})
    rows.sort(key=lambda row: (-row["phi"] if row["phi"] is not None else 2, -row["together"]))
    return rows[: question["numResults"]]


def series(world, question):
    unit, periods = range_of(question)
    return [
        {
            "period": text_of(unit, p),
            "counts": [count_of(world, unit, p, users_of(world, text, (unit, p))) for text in question["expressions"]],
        }
        for p in periods
    ]


MEASURES = {
    "retention": retention,
    "lifecycle": lifecycle,
    "frequency": frequency,
    "ratio": ratio,
    "rolling": rolling,
    "overlap": overlap,
    "similar": similar,
    "series": series,
}


def answer(world, question):
    if question["measure"] == "funnel":
        return funnel(world, question)
    return {"rows": MEASURES[question["measure"]](world, question)}


# Questions.


def retentions(start, back, flag, time_group, start_date, rows, columns):
    """The same retention in every mode."""
    common = {
        "measure": "retention",
        "start": start,
        "return": back,
        "timeGroup": time_group,
        "startDate": start_date,
        "numResults": rows,
    }
    table = {**common, "numOfRows": columns}
    yield table
    yield {**table, "mode": "exact", "entry": "first"}
    yield {**table, "mode": "on-or-after"}
    yield {**table, "mode": "on-or-after", "horizon": "now", "entry": "first"}
    yield {**table, "mode": "on-or-before", "entry": flag}
    yield {**table, "mode": "streak"}
    yield {**common, "mode": "bracket", "brackets": [1, 2, 4]}


def activities(event, created, time_group, start_date, periods):
    common = {"event": event, "timeGroup": time_group, "startDate": start_date, "numResults": periods}
    yield {"measure": "lifecycle", **common}
    yield {"measure": "lifecycle", **common, "created": created}
    yield {"measure": "frequency", **common}
    yield {"measure": "rolling", **common, "span": 3}
    yield {"measure": "series", "expressions": [f"{event}@{{period}}", f"{event}@{{period}} & ~{created}@{{period}}"]} | {
        name: value for name, value in common.items() if name != "event"
    }


def funnels(steps, time_group, start_date, periods, window):
    for same in ("allow", "later"):
        yield {
            "measure": "funnel",
            "steps": steps,
            "window": window,
            "same": same,
            "timeGroup": time_group,
            "startDate": start_date,
            "numResults": periods,
        }


def ratios(event, start_date, periods):
    for short, long in (("days", "weeks"), ("days", "months"), ("weeks", "months")):
        yield {
            "measure": "ratio",
            "event": event,
            "short": short,
            "long": long,
            "startDate": start_date,
            "numResults": periods,
        }


REDIS = [
    *retentions("commit", "commit", "merge", "months", "2020-10", 12, 8),
    *retentions("commit", "commit", "first_commit", "weeks", "2021-W17", 6, 6),
    *retentions("commit", "commit", "first_commit", "days", "2021-06-05", 12, 7),
    {
        "measure": "retention",
        "start": "commit",
        "return": "commit",
        "timeGroup": "quarters",
        "startDate": "2019-Q2",
        "numResults": 8,
        "numOfRows": 6,
        "entry": "first",
        "historyStart": "2018-01",
    },
    {
        "measure": "retention",
        "start": "commit",
        "return": "commit",
        "timeGroup": "years",
        "startDate": "2015",
        "numResults": 8,
        "numOfRows": 9,
        "mode": "on-or-after",
    },
    *activities("commit", "first_commit", "months", "2020-08", 12),
    *activities("commit", "first_commit", "weeks", "2020-W50", 8),
    *activities("commit", "merge", "days", "2020-02-25", 8),
    *activities("merge", "first_commit", "years", "2012", 7),
    *activities("commit", "first_commit", "hours", "2021-04-21T06", 9),
    {
        "measure": "lifecycle",
        "event": "commit",
        "timeGroup": "quarters",
        "startDate": "2018-Q3",
        "numResults": 6,
        "historyStart": "2017-Q2",
    },
    {"measure": "rolling", "event": "commit", "span": 28, "timeGroup": "days", "startDate": "2020-02-20", "numResults": 14},
    *funnels(["first_commit", "commit", "merge"], "months", "2020-11", 8, 4),
    *funnels(["first_commit", "merge", "commit"], "weeks", "2020-W34", 6, 3),
    *funnels(["first_commit", "commit"], "days", "2021-06-10", 8, 2),
    {"measure": "overlap", "sets": ["commit@2021", "merge@2021", "commit@2020", "first_commit@2020-Q4..2021-02"]},
    {
        "measure": "overlap",
        "sets": ["commit@2021-01", "commit@2021-W05", "commit@2021-01-28..2021-02-10 & ~first_commit@2021"],
        "universe": "commit@unique",
    },
    *ratios("commit", "2021-05", 8),
]

RETAIL = [
    *retentions("invoice", "invoice", "country:Germany", "months", "2010-11", 10, 6),
    *retentions("purchase", "cancel", "country:France", "weeks", "2010-W51", 6, 5),
    *retentions("first_invoice", "purchase", "cancel", "days", "2011-07-08", 10, 7),
    {
        "measure": "retention",
        "start": "purchase",
        "return": "purchase",
        "timeGroup": "weeks",
        "startDate": "2011-W20",
        "numResults": 8,
        "numOfRows": 6,
        "entry": "first",
        "historyStart": "2011-W08",
    },
    {
        "measure": "retention",
        "start": "invoice",
        "return": "cancel",
        "timeGroup": "quarters",
        "startDate": "2010-Q4",
        "numResults": 5,
        "numOfRows": 4,
        "mode": "on-or-after",
    },
    *activities("invoice", "first_invoice", "months", "2010-12", 12),
    *activities("purchase", "first_invoice", "weeks", "2010-W50", 8),
    *activities("purchase", "cancel", "days", "2011-03-25", 9),
    *activities("cancel", "first_invoice", "quarters", "2010-Q4", 5),
    *activities("invoice", "cancel", "hours", "2011-07-14T06", 9),
    {
        "measure": "lifecycle",
        "event": "purchase",
        "timeGroup": "months",
        "startDate": "2011-05",
        "numResults": 6,
        "historyStart": "2011-02",
    },
    {"measure": "rolling", "event": "purchase", "span": 28, "timeGroup": "days", "startDate": "2011-02-20", "numResults": 14},
    *funnels(["first_invoice", "purchase", "cancel"], "months", "2010-12", 8, 3),
    *funnels(["first_invoice", "invoice", "purchase", "cancel"], "weeks", "2011-W24", 6, 3),
    *funnels(["purchase", "cancel"], "days", "2011-07-04", 10, 2),
    {"measure": "overlap", "sets": ["purchase@2011-05", "cancel@2011-05", "invoice@2011-W20", "country:Germany@unique"]},
    {
        "measure": "overlap",
        "sets": ["invoice@2011-Q2", "cancel@2011", "purchase@2011-06-27..2011-07 & ~first_invoice@2011"],
        "universe": "country:Germany@unique | country:France@unique",
    },
    {"measure": "similar", "event": "cancel", "timeGroup": "months", "startDate": "2011-05", "numResults": 12},
    *ratios("purchase", "2011-06", 8),
    {"measure": "similar", "event": "purchase", "timeGroup": "days", "startDate": "2011-07-07", "numResults": 50},
]

AMONG_REDIS = [REDIS[1], *activities("commit", "first_commit", "months", "2020-08", 12)]
AMONG_RETAIL = [RETAIL[1], *activities("invoice", "first_invoice", "months", "2010-12", 12)]

# A moment within the data, on the edge of a month in its time zone, and one after their end.
RUNS = {
    "git_redis": [
        (REDIS, "2021-06-17T12:34:56Z", "UTC", None),
        (REDIS[::4], "2025-01-01T00:00:00Z", "UTC", None),
        (REDIS[::3], "2021-07-01T02:30:00Z", "America/New_York", None),
        (AMONG_REDIS, "2021-06-17T12:34:56Z", "UTC", "merge"),
    ],
    "onlineretail": [
        (RETAIL, "2011-07-14T10:30:00Z", "UTC", None),
        (RETAIL[::4], "2012-02-01T00:00:00Z", "UTC", None),
        (RETAIL[::3], "2011-07-31T13:00:00Z", "Pacific/Auckland", None),
        (AMONG_RETAIL, "2011-07-14T10:30:00Z", "UTC", "country:Germany"),
    ],
}


def main(data, fixtures):
    for name, runs in RUNS.items():
        with gzip.open(data / f"{name}.csv.gz", "rt") as file:
            marks = [(int(row["user"]), int(row["timestamp"]), row["event"]) for row in csv.DictReader(file)]
        lines = []
        for questions, now, zone, flag in runs:
            world = World(marks, zone, now)
            if flag is not None:
                world = world.only(world.ever(flag))
            for question in questions:
                about = {"question": question, "now": now, "timeZone": zone}
                if flag is not None:
                    about["among"] = flag
                lines.append(json.dumps({**about, **answer(world, question)}, separators=(",", ":")))
        (fixtures / f"{name}.json").write_text("[\n" + ",\n".join(lines) + "\n]\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
