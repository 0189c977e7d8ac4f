/** The dependency that could not tell; ends in the log and in metrics, never in an answer's body. */
export type Dependency = 'key_set' | 'core' | 'database' | 'redis' | 'password_hashing';

/**
 * Thrown by ports when a dependency could not tell: it is down, slow, or answered nonsense. Ends as 503 with
 * `Retry-After`, never as 401 and never as access. Does NOT mean that the asked thing does not exist.
 */
export class UnavailableError extends Error {
  readonly dependency: Dependency;

  constructor(dependency: Dependency, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UnavailableError';
    this.dependency = dependency;
  }
}
