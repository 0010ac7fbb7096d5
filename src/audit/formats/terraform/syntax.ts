/** The syntax tree of Terraform files, HCL or JSON. Offsets are UTF-16 units into the file's text; `end` is exclusive. */

export interface Node {
  start: number;
  end: number;
}

export type Literal = Node & { kind: 'literal'; value: string | number | boolean | null };
/** A piece of text of a template; `exact`: it stands in the file as it is, from `start` on. */
export type TemplateText = Node & { kind: 'text'; value: string; exact: boolean };
export type Template = Node & { kind: 'template'; parts: readonly (TemplateText | Expression)[] };
export type Listed = Node & { kind: 'list'; items: readonly Expression[] };
export type ObjectEntry = { key: Expression; value: Expression };
export type Objected = Node & { kind: 'object'; entries: readonly ObjectEntry[] };
/** The first word of a reference: `var`, `local`, `aws_db_instance`, a name of a `for`. */
export type Root = Node & { kind: 'root'; name: string };
export type Attribute = Node & { kind: 'attribute'; of: Expression; name: string };
export type Index = Node & { kind: 'index'; of: Expression; key: Expression };
/** `of[*].path` and `of.*.path`. */
export type Splat = Node & { kind: 'splat'; of: Expression; path: readonly (string | Expression)[] };
export type Call = Node & { kind: 'call'; name: string; args: readonly Expression[]; expand: boolean };
export type Unary = Node & { kind: 'unary'; operator: '!' | '-'; of: Expression };
export type Binary = Node & { kind: 'binary'; operator: string; left: Expression; right: Expression };
export type Conditional = Node & { kind: 'conditional'; if: Expression; then: Expression; else: Expression };
export type For = Node & {
  kind: 'for';
  names: readonly string[];
  in: Expression;
  /** Of an object `for`; null of a list. */
  key: Expression | null;
  value: Expression;
  condition: Expression | null;
  grouped: boolean;
};
/** Understood as one, but not what it says: template directives. */
export type Opaque = Node & { kind: 'opaque' };

export type Expression =
  | Literal
  | Template
  | Listed
  | Objected
  | Root
  | Attribute
  | Index
  | Splat
  | Call
  | Unary
  | Binary
  | Conditional
  | For
  | Opaque;

export interface Setting {
  name: string;
  /** Of the name. */
  at: Node;
  value: Expression;
}

export interface Block extends Node {
  type: string;
  labels: readonly (Node & { text: string })[];
  /** Of the type and the labels. */
  header: Node;
  /** Offset behind the opening brace; -1 in JSON, where nothing is inserted. */
  open: number;
  body: Body;
}

export interface Body {
  settings: Map<string, Setting>;
  blocks: Block[];
}

/** Why a file, or a part of it, could not be read. */
export interface Trouble {
  offset: number;
  reason: string;
}

export interface Parsed {
  body: Body;
  troubles: readonly Trouble[];
}
