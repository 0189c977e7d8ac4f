import { type Node, parseSync } from 'oxc-parser';

/** One import of a module, of whatever form: static, dynamic, type-only, `import('x')` as a type, or a re-export. */
export interface ModuleImport {
  readonly specifier: string;
  readonly typeOnly: boolean;
}

/** A function's name (or kind) and its lines, from its first to its last. */
export interface MeasuredFunction {
  readonly name: string;
  readonly line: number;
  readonly lines: number;
}

/** What the rules need to know about one source file. */
export interface SourceModule {
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly ModuleImport[];
  /** Names of exported declarations that no docstring precedes. */
  readonly undocumentedExports: readonly string[];
  readonly functions: readonly MeasuredFunction[];
  /** Names that are read and declared nowhere in the file: globals. */
  readonly globals: ReadonlySet<string>;
  readonly exportsAnything: boolean;
  /** Calls such as `it.skip`, as `object.property`. */
  readonly memberCalls: readonly string[];
}

type AnyNode = Node & Readonly<Record<string, unknown>>;

const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);
// Where an identifier is a name and not a reference.
const NAME_POSITIONS: Readonly<Record<string, string>> = {
  MemberExpression: 'property',
  Property: 'key',
  PropertyDefinition: 'key',
  MethodDefinition: 'key',
  TSPropertySignature: 'key',
  TSMethodSignature: 'key',
  TSQualifiedName: 'right',
  ImportSpecifier: 'imported',
  ExportSpecifier: 'exported',
  LabeledStatement: 'label',
  MetaProperty: 'property',
};

function isNode(value: unknown): value is AnyNode {
  return (
    typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
  );
}

function walk(node: AnyNode, visit: (node: AnyNode, parent: AnyNode | undefined, key: string) => void): void {
  const go = (current: AnyNode, parent: AnyNode | undefined, key: string): void => {
    visit(current, parent, key);
    for (const [childKey, child] of Object.entries(current)) {
      for (const item of Array.isArray(child) ? child : [child])
        if (isNode(item)) go(item, current, childKey);
    }
  };
  go(node, undefined, '');
}

function lineCounter(text: string): (offset: number) => number {
  const starts = [0];
  for (let index = text.indexOf('\n'); index !== -1; index = text.indexOf('\n', index + 1))
    starts.push(index + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  };
}

function literal(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  if (node.type === 'Literal' && typeof node.value === 'string') return node.value;
  if (node.type === 'TSLiteralType') return literal(node.literal);
  const quasis = node.type === 'TemplateLiteral' && node.expressions.length === 0 ? node.quasis : [];
  return quasis[0]?.value.cooked ?? undefined;
}

function importOf(node: AnyNode): ModuleImport | undefined {
  switch (node.type) {
    case 'ImportDeclaration': {
      const named = node.specifiers;
      const allTypes =
        named.length > 0 && named.every((one) => one.type === 'ImportSpecifier' && one.importKind === 'type');
      return { specifier: node.source.value, typeOnly: node.importKind === 'type' || allTypes };
    }
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
      if (!node.source) return undefined;
      return { specifier: node.source.value, typeOnly: node.exportKind === 'type' };
    case 'ImportExpression':
      // A specifier that is computed cannot be judged, and is reported as one that does not resolve.
      return { specifier: literal(node.source) ?? './(computed)', typeOnly: false };
    case 'TSImportType':
      return { specifier: literal(node.source) ?? './(computed)', typeOnly: true };
    default:
      return undefined;
  }
}

function declaredNames(node: AnyNode): string[] {
  const declaration = (isNode(node.declaration) ? node.declaration : node) as AnyNode;
  if (isNode(declaration.id) && declaration.id.type === 'Identifier') return [declaration.id.name];
  if (declaration.type !== 'VariableDeclaration') return [];
  const names: string[] = [];
  for (const { id } of declaration.declarations) {
    if (id.type === 'Identifier') names.push(id.name);
    else walk(id as AnyNode, (inner) => inner.type === 'Identifier' && names.push(inner.name));
  }
  return names;
}

function undocumented(program: AnyNode, documentedAt: (offset: number) => boolean): string[] {
  const body = (program.body as AnyNode[]) ?? [];
  const documented = new Set<string>();
  const exported = new Set<string>();
  for (const node of body) {
    const names = declaredNames(node);
    if (documentedAt(node.start)) for (const name of names) documented.add(name);
    if (node.type === 'ExportDefaultDeclaration') {
      const name = node.declaration.type === 'Identifier' ? node.declaration.name : 'default';
      if (documentedAt(node.start)) documented.add(name);
      exported.add(name);
    }
    if (node.type !== 'ExportNamedDeclaration' || node.source) continue;
    for (const name of names) exported.add(name);
    for (const { local } of node.specifiers) if (local.type === 'Identifier') exported.add(local.name);
  }
  return [...exported].filter((name) => !documented.has(name));
}

function functionName(node: AnyNode, parent: AnyNode | undefined): string {
  const named = isNode(node.id) ? node.id : isNode(parent?.id) ? parent.id : parent?.key;
  return isNode(named) && named.type === 'Identifier' ? named.name : '(anonymous)';
}

/** Reads one TypeScript file. Throws where it does not parse. */
export function readSourceModule(path: string, text: string): SourceModule {
  const parsed = parseSync(path, text);
  const problem = parsed.errors[0];
  if (problem !== undefined) throw new Error(`${path} does not parse: ${problem.message}`);
  const lineAt = lineCounter(text);
  const docstringEnds = parsed.comments.filter((one) => one.type === 'Block' && one.value.startsWith('*'));
  const documentedAt = (offset: number) =>
    docstringEnds.some((one) => one.end <= offset && text.slice(one.end, offset).trim() === '');
  const program = parsed.program as unknown as AnyNode;

  const imports: ModuleImport[] = [];
  const functions: MeasuredFunction[] = [];
  const memberCalls: string[] = [];
  const references = new Set<string>();
  const declared = new Set<string>();
  walk(program, (node, parent, key) => {
    const found = importOf(node);
    if (found !== undefined) imports.push(found);
    if (FUNCTIONS.has(node.type)) {
      const line = lineAt(node.start);
      functions.push({ name: functionName(node, parent), line, lines: lineAt(node.end - 1) - line + 1 });
    }
    if (node.type === 'MemberExpression' && node.property.type === 'Identifier') {
      let root: AnyNode = node.object as AnyNode;
      while (isNode(root.object) || isNode(root.callee)) root = (root.object ?? root.callee) as AnyNode;
      if (root.type === 'Identifier') memberCalls.push(`${root.name}.${node.property.name}`);
      if (root.type === 'Identifier' && root.name === 'globalThis') references.add(node.property.name);
    }
    if (node.type !== 'Identifier') return;
    const named = parent !== undefined && NAME_POSITIONS[parent.type] === key && parent.computed !== true;
    if (named && parent?.shorthand !== true) return;
    const binds = /^(?:id|params|local|param)$/.test(key) && parent?.type !== 'ExportSpecifier';
    (binds ? declared : references).add(node.name);
  });
  const globals = new Set([...references].filter((name) => !declared.has(name)));
  return {
    path,
    lines: lineAt(Math.max(0, text.trimEnd().length - 1)),
    imports,
    undocumentedExports: undocumented(program, documentedAt),
    functions,
    globals,
    exportsAnything: parsed.module.staticExports.length > 0,
    memberCalls,
  };
}
