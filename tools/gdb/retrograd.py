# Pretty-printers of tensors and shapes for gdb. In gdb, or in ~/.gdbinit:
#   source <prefix>/share/retrograd/gdb/retrograd-gdb.py
# Then `print x` prints "float32 (2, 3) "0.weight" [0, 1, 2, 3, 4, 5]", and for a view its strides too. Only reads
# memory and calls no function of the program, so it works on core files and in the middle of a crash.
import struct

import gdb
import gdb.printing

MOST_VALUES = 8
FORMATS = {"float32": "f", "float64": "d", "int64": "q", "boolean": "?", "uint8": "B"}


def atomic(value):
    """The value of a std::atomic, in libstdc++ or libc++."""
    for field in value.type.strip_typedefs().fields():
        if field.is_base_class:
            return atomic(value[field])
        if field.name in ("_M_i", "__a_value"):
            return value[field]
        if field.name in ("_M_b", "_M_base", "__a_"):
            return atomic(value[field])
        if field.name == "_M_p":
            return value[field]
    raise gdb.error("unknown std::atomic")


def read(address, code):
    size = struct.calcsize("=" + code)
    return struct.unpack("=" + code, bytes(gdb.selected_inferior().read_memory(address, size)))[0]


def text_of(string):
    """A std::string, or None where its layout is not known."""
    try:
        data = string["_M_dataplus"]["_M_p"]
        return data.string(length=int(string["_M_string_length"]))
    except (gdb.error, gdb.MemoryError):
        return None


def sizes_of(shape):
    rank = int(shape["rank_"])
    if not 0 <= rank <= 8:
        raise gdb.error("no shape")
    sizes = shape["sizes_"]
    first = int(sizes.address)
    return [read(first + 8 * axis, "q") for axis in range(rank)]


def tuple_text(sizes):
    return "({},)".format(sizes[0]) if len(sizes) == 1 else "({})".format(", ".join(map(str, sizes)))


def row_major(sizes):
    steps, step = [0] * len(sizes), 1
    for axis in reversed(range(len(sizes))):
        steps[axis] = step
        step *= sizes[axis]
    return steps


def number_text(value):
    return "{:.6g}".format(value) if isinstance(value, float) else str(value)


class ShapePrinter:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        try:
            return tuple_text(sizes_of(self.value))
        except (gdb.error, gdb.MemoryError):
            return "<not a shape>"


class TensorPrinter:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        pointer = self.value["body_"]
        if int(pointer) == 0:
            return "empty handle"
        try:
            return self.describe(pointer.dereference())
        except (gdb.error, gdb.MemoryError, struct.error, KeyError):
            return "<not a tensor>"

    def describe(self, body):
        dtype = str(body["dtype"]).split("::")[-1]
        code = FORMATS[dtype]
        sizes = sizes_of(body["shape"])
        steps = row_major(sizes)
        text = "{} {}".format(dtype, tuple_text(sizes))
        if not bool(atomic(body["contiguous"])):
            payload = int(body.address) + (128 if len(sizes) <= 3 else 192)  # Body::payload
            steps = [read(payload + 8 * axis, "q") for axis in range(len(sizes))]
            text += " strides " + tuple_text(steps)
        if int(body["base"]) != int(body.address):
            text += " view"
        label = atomic(body["label"])
        if int(label) != 0:
            name = text_of(label.dereference())
            if name is not None:
                text += ' "{}"'.format(name)
        return text + " " + self.values(int(body["data"]), code, sizes, steps)

    @staticmethod
    def values(data, code, sizes, steps):
        size = 1
        for n in sizes:
            size *= n
        width = struct.calcsize("=" + code)
        shown = []
        for i in range(min(size, MOST_VALUES)):
            left, offset = i, 0
            for axis in reversed(range(len(sizes))):
                offset += left % sizes[axis] * steps[axis]
                left //= sizes[axis]
            shown.append(number_text(read(data + offset * width, code)))
        if size > MOST_VALUES:
            shown.append("…")
        return "[" + ", ".join(shown) + "]"


def printers():
    collection = gdb.printing.RegexpCollectionPrettyPrinter("retrograd")
    collection.add_printer("Tensor", "^retrograd::Tensor$", TensorPrinter)
    collection.add_printer("Shape", "^retrograd::Shape$", ShapePrinter)
    return collection


gdb.printing.register_pretty_printer(None, printers(), replace=True)
