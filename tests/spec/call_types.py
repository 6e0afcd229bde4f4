"""Random types of the Component Model and values of them, good and hostile, in their core form: what a call of a
function of one component by another passes. Spec: CanonicalABI.md "Storing", "Flat Lowering"."""
NUMBERS = {  # size, core type
    "bool": (1, "i32"), "s8": (1, "i32"), "u8": (1, "i32"), "s16": (2, "i32"), "u16": (2, "i32"), "s32": (4, "i32"),
    "u32": (4, "i32"), "s64": (8, "i64"), "u64": (8, "i64"), "f32": (4, "f32"), "f64": (8, "f64"), "char": (4, "i32"),
}
NANS = {"f32": [0x7fc00000, 0x7f800001, 0xffc12345], "f64": [0x7ff8000000000000, 0x7ff0000000000001, 0xfff8123400000000]}
HANDLES = ("own", "borrow")
HANDLE_COUNT = 6  # that the sender has: 1 and so on
BAD_HANDLES = [0, HANDLE_COUNT + 1, 99, 0xffffffff]
CHARS = [0x41, 0xe9, 0x20ac, 0x1f600, 0xd7ff, 0xe000, 0x10ffff]
BAD_CHARS = [0xd800, 0xdfff, 0x110000, 0xffffffff]
TEXTS = ["", "a", "0123456789", "sm\u00f8rrebr\u00f8d", "\u20ac" * 5, "x" * 8, "y" * 31, "z" * 300, "\U0001f600" * 70]
BAD_TEXTS = [b"\xff", b"abc\xc0\x80", b"01234567\xed\xa0\x80", b"long" * 70 + b"\xf5", b"cut\xe2\x82"]


def align_up(n, align):
    return (n + align - 1) // align * align


class Type:
    """kind: a number's name, own, borrow, string, list, tuple, record, variant, enum, flags, option, result. parts: types, or None for
    a case without payload."""

    def __init__(self, kind, parts=(), count=0):
        self.kind, self.parts, self.count = kind, list(parts), count
        if kind in ("enum", "flags"):
            self.parts = []
        self.cases = {"variant": self.parts, "option": [None, *self.parts], "result": self.parts,
                      "enum": [None] * count}.get(kind)
        self.measure()

    def measure(self):
        if self.kind in NUMBERS:
            self.size = self.align = NUMBERS[self.kind][0]
            self.flat = [NUMBERS[self.kind][1]]
        elif self.kind in HANDLES:
            self.size, self.align, self.flat = 4, 4, ["i32"]
        elif self.kind in ("string", "list"):
            self.size, self.align, self.flat = 8, 4, ["i32", "i32"]
        elif self.kind == "flags":
            self.size = self.align = 1 if self.count <= 8 else 2 if self.count <= 16 else 4
            self.flat = ["i32"]
        elif self.cases:
            self.measure_cases()
        else:
            self.align = max(t.align for t in self.parts)
            self.size = align_up(self.offsets()[-1] + self.parts[-1].size, self.align)
            self.flat = [f for t in self.parts for f in t.flat]

    def measure_cases(self):
        payloads = [t for t in self.cases if t]
        self.tag = 1 if len(self.cases) <= 256 else 2
        self.align = max([self.tag] + [t.align for t in payloads])
        self.payload = align_up(self.tag, max([1] + [t.align for t in payloads]))
        self.size = align_up(self.payload + max([0] + [t.size for t in payloads]), self.align)
        self.flat = ["i32"]
        for t in payloads:
            for i, f in enumerate(t.flat):
                if 1 + i == len(self.flat):
                    self.flat.append(f)
                elif self.flat[1 + i] != f:
                    self.flat[1 + i] = "i32" if {self.flat[1 + i], f} == {"i32", "f32"} else "i64"

    def has(self, kinds):
        return self.kind in kinds or any(t.has(kinds) for t in self.parts if t)

    def offsets(self):
        at, r = 0, []
        for t in self.parts:
            at = align_up(at, t.align)
            r.append(at)
            at += t.size
        return r

    def text(self, names):
        """The type as text; `names` collects the definitions of those that must have a name."""
        parts = [t.text(names) if t else None for t in self.parts]
        if self.kind in NUMBERS or self.kind == "string":
            return self.kind
        if self.kind in HANDLES:
            return f"({self.kind} $R)"
        if self.kind in ("list", "option", "tuple"):
            return f"({self.kind} {' '.join(parts)})"
        if self.kind == "result":
            return f"(result{' ' + parts[0] if parts[0] else ''}{f' (error {parts[1]})' if parts[1] else ''})"
        if self.kind == "record":
            body = " ".join(f'(field "f{i}" {p})' for i, p in enumerate(parts))
        elif self.kind == "variant":
            body = " ".join(f'(case "c{i}"{" " + p if p else ""})' for i, p in enumerate(parts))
        else:
            body = " ".join(f'"n{i}"' for i in range(self.count))
        names.append(f"({self.kind} {body})")
        return f"$t{len(names) - 1}"


def random_type(rng, depth, handles=()):
    """`handles`: which of HANDLES may be in it."""
    if depth == 0 or rng.random() < 0.3:
        if handles and rng.random() < 0.3:
            return Type(rng.choice(handles))
        return Type(rng.choice([*NUMBERS, "string", "string"]))
    kind = rng.choice(["list", "list", "tuple", "record", "variant", "option", "result", "enum", "flags"])
    inner = lambda: random_type(rng, depth - 1, handles)
    if kind in ("list", "option"):
        return Type(kind, [inner()])
    if kind in ("tuple", "record"):
        return Type(kind, [inner() for _ in range(rng.randint(1, 5))])
    if kind == "variant":
        return Type(kind, [inner() if rng.random() < 0.7 else None for _ in range(rng.randint(1, 6))])
    if kind == "result":
        return Type(kind, [inner() if rng.random() < 0.7 else None for _ in range(2)])
    return Type(kind, count=rng.choice([1, 2, 3, 7, 8, 9, 17, 32]) if kind == "flags" else rng.choice([1, 2, 5, 257]))


class Values:
    """Values in a memory that begins with noise. `badness`: how likely each part is one that must be refused."""

    def __init__(self, rng, size, start, badness):
        self.rng, self.badness, self.at = rng, badness, start
        self.memory = bytearray(rng.randbytes(size))
        self.handles = []  # that are passed: their kinds and numbers

    def bad(self):
        return self.rng.random() < self.badness

    def block(self, size, align):
        self.at = align_up(self.at, align)
        at, self.at = self.at, self.at + size
        assert self.at <= len(self.memory)
        return at

    def number(self, t):
        rng, size = self.rng, t.size
        if t.kind == "char":
            return rng.choice(BAD_CHARS if self.bad() else CHARS)
        if t.kind in NANS and rng.random() < 0.4:
            return rng.choice(NANS[t.kind])
        return rng.getrandbits(8 * size) if rng.random() < 0.7 else rng.choice([0, 1, (1 << 8 * size) - 1])

    def handle(self, kind):
        """Owned ones from the last on, so that borrowed ones are others; as long as there are enough."""
        given = sum(k == "own" for k, _ in self.handles)
        number = HANDLE_COUNT - given if kind == "own" else self.rng.choice([1, 2])
        if self.bad():
            number = self.rng.choice([*BAD_HANDLES, 1, HANDLE_COUNT])
        self.handles.append((kind, number))
        return number

    def string(self):
        text = self.rng.choice(BAD_TEXTS) if self.bad() else self.rng.choice(TEXTS).encode()
        at = self.block(len(text), 1)
        self.memory[at:at + len(text)] = text
        return self.span(at, len(text), 1)

    def list(self, t):
        elem, count = t.parts[0], self.rng.choice([0, 1, 2, 3, 9])
        at = self.block(count * elem.size, elem.align)
        for i in range(count):
            self.store(elem, at + i * elem.size)
        return self.span(at, count, elem.align)

    def span(self, at, count, align):
        if not self.bad():
            return at, count
        return self.rng.choice([(at + 1, count), (0xfffffff8, count + 1), (at, 0x20000000), (at, 0xffffffff),
                                (65536 - align, 1 << 10), (65536, 0)])

    def case(self, t):
        count = len(t.cases)
        if self.bad():
            return self.rng.choice([count, count + 1, (1 << 8 * t.tag) - 1])
        return self.rng.randrange(count)

    def store(self, t, at):
        def put(size, v, where=at):
            self.memory[where:where + size] = (v & (1 << 8 * size) - 1).to_bytes(size, "little")

        if t.kind in NUMBERS:
            put(t.size, self.number(t))
        elif t.kind in HANDLES:
            put(4, self.handle(t.kind))
        elif t.kind in ("string", "list"):
            ptr, count = self.string() if t.kind == "string" else self.list(t)
            put(4, ptr)
            put(4, count, at + 4)
        elif t.kind == "flags":
            put(t.size, self.rng.getrandbits(32))
        elif t.cases:
            case = self.case(t)
            put(t.tag, case)
            if case < len(t.cases) and t.cases[case]:
                self.store(t.cases[case], at + t.payload)
        else:
            for part, offset in zip(t.parts, t.offsets()):
                self.store(part, at + offset)

    def flat(self, t):
        """A list of (core type, bits)."""
        rng = self.rng
        if t.kind in NUMBERS:
            v = self.number(t)
            noise = rng.getrandbits(32) << 8 * t.size if t.size < 4 and rng.random() < 0.3 else 0
            return [(t.flat[0], (v | noise) & (0xffffffff if t.size <= 4 else (1 << 64) - 1))]
        if t.kind in HANDLES:
            return [("i32", self.handle(t.kind))]
        if t.kind in ("string", "list"):
            return [("i32", v) for v in (self.string() if t.kind == "string" else self.list(t))]
        if t.kind == "flags":
            return [("i32", rng.getrandbits(32))]
        if not t.cases:
            return [v for part in t.parts for v in self.flat(part)]
        case = self.case(t)
        payload = self.flat(t.cases[case]) if case < len(t.cases) and t.cases[case] else []
        return [("i32", case), *(self.join(want, payload[i] if i < len(payload) else None)
                                 for i, want in enumerate(t.flat[1:]))]

    def join(self, want, value):
        """A flat value in the slot of a variant; what it leaves over, and slots of other cases, are noise."""
        width = 32 if want in ("i32", "f32") else 64
        if value is None:
            return want, self.rng.getrandbits(width)
        core, bits = value
        if width == 64 and core in ("i32", "f32"):
            bits |= self.rng.getrandbits(32) << 32
        return want, bits


def constant(core, bits):
    """As an instruction."""
    if core in ("i32", "i64"):
        return f"({core}.const {bits})"
    return f"({core}.reinterpret_i{core[1:]} (i{core[1:]}.const {bits}))"


def data(memory):
    return "".join(f"\\{b:02x}" for b in memory)


def floats_as_bits(core, get):
    """An expression as an i64, whatever it is."""
    return {"i32": f"(i64.extend_i32_u {get})", "i64": get, "f32": f"(i64.extend_i32_u (i32.reinterpret_f32 {get}))",
            "f64": f"(i64.reinterpret_f64 {get})"}[core]
