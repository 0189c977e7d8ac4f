const GAP = '  ';

/**
 * Lays rows out in columns under their names, a line each. What would steer a terminal is shown as `?`. Does NOT cut anything off.
 */
export function formatTable(names: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [names, ...rows].map((row) => row.map((cell) => cell.replace(/\p{C}/gu, '?')));
  const widths = names.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const write = (line: readonly string[]) =>
    line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(GAP);
  return lines.map((line) => `${write(line).trimEnd()}\n`).join('');
}
