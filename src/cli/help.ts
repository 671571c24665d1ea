/** Texts of `--help` beside the options, no line longer than a terminal of 80 columns. */

export const SOURCE_HELP = `Sources:
  events.csv, .tsv, .jsonl, .parquet
                                a file of events: user, time and event of a row
                                are told by the names of its columns, or by
                                --columns; also .txt, .ndjson and .json, and
                                .gz of all but .parquet
  dump.rdb, dump.rdb.gz         a Redis or Valkey dump
  -                             any of these on standard input, told by its
                                first bytes; what is read more than once is kept
                                in a temporary file meanwhile
  bitmaps/                      a folder of bitmaps as Redis holds them, each a
                                file with the name of its key
  https://[user:password@]host/bitmaps/
                                such a folder as export writes it, published;
                                http:// on this machine or with --allow-http
  redis://[[user]:password@]host[:port][/database]
                                a Redis or Valkey
  unix://[[user]:password@]/path[?db=database]
                                the same by its socket
  redis+cluster://[[user]:password@]host[:port],…
                                a cluster: one of its nodes is enough
  redis+sentinel://[[user]:password@]host[:port],…/master[/database]
                                what sentinels know by this name; theirs is
                                ?sentinel-password=
  rediss://…, valkeys://…       with TLS, also rediss+cluster, rediss+sentinel
  clickhouse://[[user]:password@]host[:port]/[database.]table
                                a table of ClickHouse as export writes it;
                                clickhouses:// with TLS; the password may be in
                                CLICKHOUSE_PASSWORD
  demo                          a made-up app: events signup and active, and the
                                flag pro

  The password may also be in the environment, as REDISCLI_AUTH.`;

export const EXPRESSION_HELP = `Expressions:
  signup@2026-11                an event in a year, quarter (2026-Q4), month,
                                week (2026-W47), day (2026-11-22) or hour
                                (2026-11-22T13)
  signup@week, signup@day-1     in the current year, quarter, month, week, day
                                or hour, or some before it
  active@2026-11-01..2026-11-20, active@2026-09..2026-11
                                from the start of one to the end of the other
  active@day-6..day             in the last 7 days
  pro@unique                    a dateless flag
  ~ & ^ |                       not, and, exclusive or, or: strongest first;
                                parentheses group
  atLeast(2, a@week, b@week, c@week)
                                in at least so many of them; exactly(2, …)
  "paid plan"@2026              names with spaces or operators go in double
                                quotes
  --segment 'vip=active@{period} & pro@unique'
                                makes vip@2026-11 and the like, and a name for
                                cohorts`;

export const EXAMPLES = `Examples:
  bitmapist demo
  bitmapist count demo 'active@week-1 & pro@unique'
  bitmapist count redis://localhost 'active@week & ~active@week-1'
  bitmapist ids events.csv.gz '(signup@2026-11 | pro@unique) & active@day'
  bitmapist inspect dump.rdb.gz
  redis-cli --rdb - | bitmapist inspect -
  bitmapist explore dump.rdb
  bitmapist export redis://localhost --to events.rdb
  bitmapist import events.csv --to redis://localhost --hourly
  bitmapist ids export.jsonl login@week --people \\
    --columns user=user.id,time=sent_at,event=type
  bitmapist cohort redis://localhost --select1 signup --select2 active \\
    --time-group months --num-results 12
  bitmapist trend events.csv --events signup --events active --unit week`;

export const COHORT_EXAMPLES = `Examples:
  bitmapist cohort events.csv --select1 signup --select2 active \\
    --time-group weeks --num-results 8
  bitmapist cohort redis://localhost --select1 signup --select2 active \\
    -o retention.html
  bitmapist cohort redis://localhost --select1 signup --select2 active \\
    --format curves -o retention.svg
  bitmapist cohort demo --segment 'vip=active@{period} & pro@unique' \\
    --select1 signup --select2 vip`;
