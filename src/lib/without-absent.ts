/** Leaves the members out whose value is `undefined`, for shapes in which a member is either there with a value or not there. Does NOT look into members. */
export function withoutAbsent<Shape extends object>(
  members: {
    readonly [Name in keyof Shape]: Shape[Name] | undefined;
  },
): Shape {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Shape;
}
