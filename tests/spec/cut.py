"""Components cut down: core modules lose what validating the component around them does not need."""
from component_tree import MODULE, Binary, Name, Number, Raw, Reader, Section, Vec, encode

UNREACHABLE = b"\0\0\x0b"  # no locals; unreachable; end: a body for every signature
KEPT = (1, 2, 3, 4, 5, 6, 7, 10, 13)


def imported_functions(body):
    """How many functions an import section has, from its descriptions."""
    reader, count = Reader(body), 0
    for _ in range(reader.leb()[0]):
        reader.name(), reader.name()
        count += reader.data[reader.at] == 0
        reader.import_desc()
    return count


def exports_of(body):
    reader = Reader(body)
    return reader.vec(lambda: reader.seq(reader.name, lambda: reader.op(range(5)), reader.number)).items


def cut_module(module):
    """Only functions that are exported stay, without their code; data and elements go."""
    bodies = {s.id: s.body.data for s in module.items if s.id in KEPT}
    imported = imported_functions(bodies.get(2, b"\0"))
    functions = Reader(bodies.get(3, b"\0"))
    types = functions.vec(functions.number).items
    exports = exports_of(bodies.get(7, b"\0"))
    wanted = sorted({x.items[2].n for x in exports if x.items[1].byte == 0 and x.items[2].n >= imported})
    for x in exports:
        if x.items[1].byte == 0 and x.items[2].n >= imported:
            x.items[2] = Number(imported + wanted.index(x.items[2].n))
    bodies[3] = encode(Vec([types[n - imported] for n in wanted]))
    bodies[7] = encode(Vec(exports))
    bodies[10] = encode(Vec([Name(UNREACHABLE) for _ in wanted]))
    order = [1, 2, 3, 4, 5, 13, 6, 7, 10]
    return Binary(MODULE, [Section(n, Raw(bodies[n])) for n in order if n in bodies])


def cut(tree):
    """Of the tree of a component, in place: its core modules and those of nested components; custom sections go."""
    tree.items = [s for s in tree.items if s.id != 0]
    for section in tree.items:
        if isinstance(section.body, Binary):
            section.body = cut_module(section.body) if section.id == 1 else cut(section.body)
    return tree
