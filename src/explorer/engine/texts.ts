const ID_LIMIT = 2 ** 32;

/** Whether people are known by texts, as the first values of their column look: most of them are no ids. */
export function areTexts(values: readonly string[]): boolean {
  const given = values.filter((value) => value !== '');
  const texts = given.filter((value) => !/^\d+$/.test(value) || Number(value) >= ID_LIMIT);
  return texts.length * 2 > given.length;
}
