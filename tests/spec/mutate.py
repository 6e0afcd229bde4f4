"""Mutants of component binaries. Each is a function of its seed number alone, so that it can be made again."""
import copy
import random

from component_tree import Binary, Name, Number, Op, Raw, Section, Seq, Value, Vec, encode, sections

NUMBERS = [
    0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 31, 32, 33, 127, 128, 255, 1000, 1 << 20, (1 << 28) - 1, 1 << 28, (1 << 32) - 1,
]
NAMES = [
    b"", b"a", b"A", b"a-b", b"a-B", b"a--b", b"a-1", b"1-a", b"-a", b"a-", b"aB", b"\xff", "\u00e9".encode(), b"a b",
    b"[constructor]a", b"[method]a.b", b"[static]a.b", b"[method]a.a", b"[method]a", b"[other]a", b"[async]a",
    b"a:b/c", b"a:b/c@1.0.0", b"a:b/c@1.0", b"a:b/c@0.0.1-rc.1+x", b"a:b/c/d", b"a:b:c/d", b"A:b/c", b"a:b",
    b"url=<http://x>", b"locked-dep=<a:b@1.0.0>", b"unlocked-dep=<a:b>", b"integrity=<sha256-eA==>", b"memory",
    b"x" * 200,
]


def edges(node):
    """Everything below a node that can be replaced: (list, index)."""
    match node:
        case Vec(items) | Seq(items) | Binary(_, items):
            for i, item in enumerate(items):
                yield items, i
                yield from edges(item)
        case Section(_, body):
            yield from edges(body)


def vecs(node):
    """The lists whose entries can come and go: vectors, and the sections of a binary."""
    match node:
        case Vec(items) | Binary(_, items):
            yield items
    match node:
        case Vec(items) | Seq(items) | Binary(_, items):
            for item in items:
                yield from vecs(item)
        case Section(_, body):
            yield from vecs(body)


def mutate_bytes(rng, data):
    data = bytearray(data)
    at = rng.randrange(len(data) + 1)
    match rng.randrange(5):
        case 0 if data:
            data[at % len(data)] ^= 1 << rng.randrange(8)
        case 1 if data:
            data[at % len(data)] = rng.choice((0, 1, 2, 3, 0x3F, 0x40, 0x7F, 0x80, 0xFF, rng.randrange(256)))
        case 2:
            data.insert(at, rng.randrange(256))
        case 3:
            del data[at : at + rng.choice((1, 1, 2, 8))]
        case _:
            del data[at:]
    return bytes(data)


def mutate_name(rng, text, pool):
    match rng.randrange(5):
        case 0:
            return rng.choice(NAMES)
        case 1:
            return rng.choice(pool)
        case 2:
            return text.swapcase()
        case 3:
            return rng.choice((b"[method]", b"[static]", b"[constructor]")) + text
        case _:
            return mutate_bytes(rng, text)


def mutate_leaf(rng, node, pool):
    match node:
        case Op(byte):
            node.byte = rng.choice((byte ^ 1, byte + 1 & 0xFF, byte - 1 & 0xFF, rng.randrange(6), rng.randrange(256)))
        case Number(n):
            node.n = rng.choice((n + 1, max(n - 1, 0), rng.randrange(8), rng.choice(NUMBERS)))
        case Value(n):
            node.n = rng.choice((n + 1, n - 1, -1 - rng.randrange(13), rng.randrange(8), -1 - rng.randrange(64)))
        case Name(text):
            node.text = mutate_name(rng, text, pool)
        case Raw(data):
            node.data = mutate_bytes(rng, data)


def mutate_leaves(rng, tree, pool):
    leaves = [items[i] for items, i in edges(tree) if isinstance(items[i], (Op, Number, Value, Name))]
    raw = [s.body for s in sections(tree) if isinstance(s.body, Raw)]
    if raw and (not leaves or rng.randrange(10) == 0):
        leaves = raw
    if leaves:
        mutate_leaf(rng, rng.choice(leaves), pool)


def mutate_lists(rng, tree, donors):
    """Deletes, repeats, swaps or moves an entry, or takes one of the same kind from another component."""
    items = rng.choice([x for x in vecs(tree) if x] or [[]])
    if not items:
        return
    i, k = rng.randrange(len(items)), rng.randrange(len(items))
    match rng.randrange(5):
        case 0:
            del items[i]
        case 1:
            items.insert(k, copy.deepcopy(items[i]))
        case 2:
            items[i], items[k] = items[k], items[i]
        case 3:
            items.insert(k, items.pop(i))
        case _:
            kind = type(items[i])
            others = [x[n] for x in vecs(rng.choice(donors)) for n in range(len(x)) if isinstance(x[n], kind)]
            if others:
                items.insert(k, copy.deepcopy(rng.choice(others)))


def mutate_copy(rng, tree):
    """Puts one part in the place of another of the same form."""
    places = list(edges(tree))
    if not places:
        return
    items, i = rng.choice(places)
    alike = [x[k] for x, k in places if form_of(x[k]) == form_of(items[i]) and x[k] != items[i]]
    if alike:
        items[i] = copy.deepcopy(rng.choice(alike))


def form_of(node):
    return type(node), [type(x) for x in node.items] if isinstance(node, Seq) else getattr(node, "id", None)


def mutate_section(rng, tree):
    found = list(sections(tree))
    if found:
        rng.choice(found).id = rng.randrange(13)


def names_of(tree):
    return [items[i].text for items, i in edges(tree) if isinstance(items[i], Name)] or NAMES


def mutant(seeds, number):
    """The bytes of mutant `number` of the seeds, which are trees: one to three changes to one of them."""
    rng = random.Random(number)
    tree = copy.deepcopy(rng.choice(seeds))
    if isinstance(tree, Raw) or rng.randrange(8) == 0:
        return mutate_bytes(rng, encode(tree))
    pool = names_of(tree)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        what = rng.randrange(16)
        if what < 7:
            mutate_leaves(rng, tree, pool)
        elif what < 11:
            mutate_lists(rng, tree, seeds)
        elif what < 15:
            mutate_copy(rng, tree)
        else:
            mutate_section(rng, tree)
    return encode(tree)
