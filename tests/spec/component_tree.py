"""Component binaries as trees, for mutating them: `parse` gives what `encode` makes the same bytes of.

A node is one of

    Op(byte)        a byte that chooses a form
    Number(n)       an unsigned LEB128 number: an index, mostly
    Value(n)        a value type: a signed LEB128 number
    Name(bytes)     with its length in front
    Raw(bytes)
    Vec([node])     with the count in front
    Seq([node])
    Section(id, node)       with its length in front
    Binary(bytes, [node])   a preamble and sections, with its length in front unless it is the whole file

Counts and lengths come from the tree, so that what is mutated stays well-formed around the mutation. Sections that
follow another grammar, or were not encoded in the shortest way, are Raw. Spec: Binary.md."""
from dataclasses import dataclass

COMPONENT = b"\0asm\x0d\0\1\0"
MODULE = b"\0asm\1\0\0\0"


class Malformed(Exception):
    pass


@dataclass
class Op:
    byte: int


@dataclass
class Number:
    n: int


@dataclass
class Value:
    n: int


@dataclass
class Name:
    text: bytes


@dataclass
class Raw:
    data: bytes


@dataclass
class Vec:
    items: list


@dataclass
class Seq:
    items: list


@dataclass
class Section:
    id: int
    body: object


@dataclass
class Binary:
    preamble: bytes
    items: list


def encode_leb(n):
    out = bytearray()
    while n > 0x7F:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    out.append(n)
    return bytes(out)


def encode_signed_leb(n):
    out = bytearray()
    while not -0x40 <= n < 0x40:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    out.append(n & 0x7F)
    return bytes(out)


def sized(data):
    return encode_leb(len(data)) + data


def encode(node):
    match node:
        case Op(byte):
            return bytes([byte])
        case Number(n):
            return encode_leb(n)
        case Value(n):
            return encode_signed_leb(n)
        case Name(text):
            return sized(text)
        case Raw(data):
            return data
        case Vec(items):
            return encode_leb(len(items)) + b"".join(map(encode, items))
        case Seq(items):
            return b"".join(map(encode, items))
        case Section(number, Binary() as inner):
            return bytes([number]) + sized(encode(inner))
        case Section(number, body):
            return bytes([number]) + sized(encode(body))
        case Binary(preamble, items):
            return preamble + b"".join(map(encode, items))


def sections(node):
    """All sections in it, those of nested components included."""
    match node:
        case Binary(_, items):
            for item in items:
                yield from sections(item)
        case Section(_, body):
            yield node
            yield from sections(body)


class Reader:
    """A cursor over bytes; each method reads one part of the grammar and returns its node."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def byte(self):
        if self.at >= len(self.data):
            raise Malformed
        self.at += 1
        return self.data[self.at - 1]

    def op(self, allowed):
        byte = self.byte()
        if byte not in allowed:
            raise Malformed
        return Op(byte)

    def leb(self):
        n, shift = 0, 0
        while True:
            byte = self.byte()
            n |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return n, shift
            if shift > 63:
                raise Malformed

    def number(self):
        return Number(self.leb()[0])

    def value(self):
        n, shift = self.leb()
        return Value(n - (1 << shift) if n >> (shift - 1) else n)

    def take(self, count):
        if count > len(self.data) - self.at:
            raise Malformed
        self.at += count
        return self.data[self.at - count : self.at]

    def name(self):
        return Name(self.take(self.leb()[0]))

    def vec(self, item):
        count = self.leb()[0]
        if count > len(self.data):
            raise Malformed
        return Vec([item() for _ in range(count)])

    def seq(self, *parts):
        return Seq([part() for part in parts])

    def optional(self, part):
        op = self.op((0, 1))
        return Seq([op, part()] if op.byte else [op])

    # --- Names and sorts ---

    def extern_name(self):
        op = self.op((0, 1, 2))
        if op.byte < 2:
            return Seq([op, self.name()])
        attribute = lambda: self.seq(lambda: self.op((0, 1, 2)), self.name)
        return Seq([op, self.name(), self.vec(attribute)])

    def sort(self):
        op = self.op(range(6))
        return Seq([op, self.op((0, 1, 2, 3, 4, 0x10, 0x11, 0x12))]) if op.byte == 0 else op

    def item_ref(self):
        return self.seq(self.sort, self.number)

    def extern_desc(self):
        op = self.op((0, 1, 3, 4, 5))
        if op.byte == 0:
            return Seq([op, self.op((0x11,)), self.number()])
        if op.byte == 3:
            bound = self.op((0, 1))
            return Seq([op, bound, self.number()] if bound.byte == 0 else [op, bound])
        return Seq([op, self.number()])

    # --- Types ---

    def deftype(self):
        op = self.op(range(0x3F, 0x80))
        labelled = lambda: self.seq(self.name, self.value)
        case = lambda: self.seq(self.name, lambda: self.optional(self.value), lambda: self.op((0,)))
        form = {
            0x3F: lambda: self.seq(lambda: self.op((0x7F,)), lambda: self.optional(self.number)),
            0x40: lambda: self.seq(lambda: self.vec(labelled), self.results),
            0x41: lambda: self.vec(lambda: self.declaration(range(5))),
            0x42: lambda: self.vec(lambda: self.declaration((0, 1, 2, 4))),
            0x63: lambda: self.seq(self.value, self.value),
            0x67: lambda: self.seq(self.value, self.number),
            0x68: self.number,
            0x69: self.number,
            0x6A: lambda: self.seq(lambda: self.optional(self.value), lambda: self.optional(self.value)),
            0x6B: self.value,
            0x6D: lambda: self.vec(self.name),
            0x6E: lambda: self.vec(self.name),
            0x6F: lambda: self.vec(self.value),
            0x70: self.value,
            0x71: lambda: self.vec(case),
            0x72: lambda: self.vec(labelled),
        }.get(op.byte)
        if form:
            return Seq([op, form()])
        if op.byte < 0x73:
            raise Malformed
        return op

    def results(self):
        op = self.op((0, 1))
        return Seq([op, self.value() if op.byte == 0 else self.op((0,))])

    def declaration(self, kinds):
        op = self.op(kinds)
        form = (self.core_type, self.deftype, self.alias, self.external, self.external)[op.byte]
        return Seq([op, form()])

    def external(self):
        return self.seq(self.extern_name, self.extern_desc)

    # --- Core types ---

    def core_type(self):
        op = self.op((0x50, 0x60))
        value = lambda: self.op(range(0x6F, 0x80))
        if op.byte == 0x60:
            return Seq([op, self.vec(value), self.vec(value)])
        return Seq([op, self.vec(self.module_declaration)])

    def module_declaration(self):
        op = self.op(range(4))
        if op.byte == 0:
            return Seq([op, self.name(), self.name(), self.import_desc()])
        if op.byte == 1:
            return Seq([op, self.core_type()])
        if op.byte == 2:
            return Seq([op, self.op((0x10,)), self.op((1,)), self.number(), self.number()])
        return Seq([op, self.name(), self.import_desc()])

    def limits(self):
        op = self.op((0, 1))
        return Seq([op, self.number()] + ([self.number()] if op.byte else []))

    def import_desc(self):
        op = self.op(range(5))
        value = lambda: self.op(range(0x6F, 0x80))
        form = (
            self.number,
            lambda: self.seq(value, self.limits),
            self.limits,
            lambda: self.seq(value, lambda: self.op((0, 1))),
            lambda: self.seq(lambda: self.op((0,)), self.number),
        )[op.byte]
        return Seq([op, form()])

    # --- Definitions ---

    def core_instance(self):
        op = self.op((0, 1))
        if op.byte == 0:
            argument = lambda: self.seq(self.name, lambda: self.op((0x12,)), self.number)
            return Seq([op, self.number(), self.vec(argument)])
        return Seq([op, self.vec(lambda: self.seq(self.name, lambda: self.op(range(5)), self.number))])

    def instance(self):
        op = self.op((0, 1))
        if op.byte == 0:
            return Seq([op, self.number(), self.vec(lambda: self.seq(self.name, self.item_ref))])
        return Seq([op, self.vec(lambda: self.seq(self.extern_name, self.item_ref))])

    def alias(self):
        sort, op = self.sort(), self.op((0, 1, 2))
        return Seq([sort, op, self.number(), self.number() if op.byte == 2 else self.name()])

    def canon(self):
        op = self.op((0, 1, 2, 3, 4))
        if op.byte > 1:
            return Seq([op, self.number()])
        parts = [op, self.op((0,)), self.number(), self.vec(self.canon_option)]
        return Seq(parts + ([self.number()] if op.byte == 0 else []))

    def canon_option(self):
        op = self.op(range(6))
        return Seq([op, self.number()]) if op.byte > 2 else op

    def export(self):
        return self.seq(self.extern_name, self.item_ref, lambda: self.optional(self.extern_desc))


ITEMS = {
    2: Reader.core_instance,
    3: Reader.core_type,
    5: Reader.instance,
    6: Reader.alias,
    7: Reader.deftype,
    8: Reader.canon,
    10: Reader.external,
    11: Reader.export,
}


def parse_section(number, body):
    if number in (1, 4) and body[:8] in (COMPONENT, MODULE):
        return Section(number, parse(body))
    try:
        reader = Reader(body)
        tree = reader.vec(lambda: ITEMS[number](reader))
        if reader.at == len(body) and encode(tree) == body:
            return Section(number, tree)
    except (KeyError, Malformed):
        pass
    return Section(number, Raw(body))


def parse(data):
    """The tree of a component or core module; of anything else, Raw."""
    sections, reader = [], Reader(data)
    try:
        preamble = reader.take(8)
        while reader.at < len(data):
            number = reader.byte()
            body = reader.take(reader.leb()[0])
            component = preamble == COMPONENT
            sections.append(parse_section(number, body) if component else Section(number, Raw(body)))
    except Malformed:
        return Raw(data)
    tree = Binary(preamble, sections)
    return tree if encode(tree) == data else Raw(data)
