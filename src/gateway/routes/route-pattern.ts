/** One segment of a pattern: a fixed text (canonical form), or a named parameter. */
export type PatternSegment =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'parameter'; readonly name: string };

/** A parsed route pattern: segments, and whether anything may follow (`/**`). */
export interface RoutePattern {
  /** As written in the policy file. */
  readonly text: string;
  readonly segments: readonly PatternSegment[];
  readonly tail: boolean;
}
