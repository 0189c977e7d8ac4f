/** The words of a text, where a list of strings would take a line for each. */
export function words(text: string): string[] {
  return text.trim().split(/\s+/);
}
