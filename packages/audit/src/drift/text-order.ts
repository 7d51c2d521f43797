// Two texts in → which comes first, in an order that no language changes, out.

export function compareTexts(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
