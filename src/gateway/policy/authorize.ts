export interface Grant {
  readonly todo: never;
}
