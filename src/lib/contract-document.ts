/** A JSON Schema as the contract holds it; only what the page shows. @see JSON Schema 2020-12 */
export interface ContractSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly example?: unknown;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: ContractSchema;
  readonly properties?: Readonly<Record<string, ContractSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | ContractSchema;
  readonly anyOf?: readonly ContractSchema[];
  readonly oneOf?: readonly ContractSchema[];
  readonly allOf?: readonly ContractSchema[];
}

/** Bodies by content type. */
export type ContractContent = Readonly<Record<string, { readonly schema?: ContractSchema }>>;

/** A header field of an answer. */
export interface ContractHeader {
  readonly description?: string;
  readonly required?: boolean;
  readonly schema?: ContractSchema;
}

/** An answer of an operation. */
export interface ContractResponse {
  readonly description: string;
  headers?: Record<string, ContractHeader>;
  readonly content?: ContractContent;
}

/** A parameter of an operation. */
export interface ContractParameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: ContractSchema;
}

/** What one method does at one path. */
export interface ContractOperation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  security?: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly ContractParameter[];
  readonly requestBody?: { readonly required?: boolean; readonly content: ContractContent };
  responses: Record<string, ContractResponse>;
}

/** A kind of credential. @see OpenAPI 3.1, section 4.8.27 */
export interface ContractCredential {
  readonly type: string;
  readonly scheme?: string;
  readonly description?: string;
}

/** The contract: an OpenAPI document whose references are those to schemas alone. @see OpenAPI 3.1 */
export interface ContractDocument {
  readonly openapi: string;
  readonly info: {
    readonly title: string;
    readonly version: string;
    readonly description?: string;
    readonly license?: { readonly name: string; readonly identifier?: string };
  };
  readonly servers?: readonly { readonly url: string; readonly description?: string }[];
  tags?: readonly { readonly name: string; readonly description?: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, ContractOperation>>>>;
  readonly components: {
    readonly schemas?: Readonly<Record<string, ContractSchema>>;
    readonly securitySchemes?: Readonly<Record<string, ContractCredential>>;
  };
}

/** An operation with its place. */
export interface PlacedOperation {
  /** In capital letters. */
  readonly method: string;
  readonly path: string;
  readonly operation: ContractOperation;
}

/** Lists every operation of a contract, in its order. */
export function listOperations({ paths }: ContractDocument): PlacedOperation[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
}

/** What one part of the product adds to a contract: finished operations, with the groups and credentials that they name. */
export interface ContractPart {
  readonly paths: ContractDocument['paths'];
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly securitySchemes: NonNullable<ContractDocument['components']['securitySchemes']>;
}
