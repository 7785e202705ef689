"""Reads ONNX files and evaluates them in numpy: the operations that `jury export onnx` writes, in float32 as they say."""
import struct

import numpy

TYPES = {1: numpy.float32, 6: numpy.int32, 7: numpy.int64, 9: numpy.bool_}


def fields(data):
    """(field number, value) of a message of protocol buffers; numbers as they are, everything else as bytes."""
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value - (1 << 64) if value >> 63 else value

    while at < len(data):
        tag = varint()
        kind = tag & 7
        if kind == 0:
            yield tag >> 3, varint()
            continue
        size = {1: 8, 5: 4}.get(kind) or varint()
        yield tag >> 3, data[at:at + size]
        at += size
    assert at == len(data), "a field ends behind its message"


def all_of(data, number):
    return [value for field, value in fields(data) if field == number]


def text(data, number):
    return b"".join(all_of(data, number)[:1]).decode()


def tensor(data):
    dims, kind = all_of(data, 1), all_of(data, 2)[0]
    if kind == 8:
        return text(data, 8), numpy.array([value.decode() for value in all_of(data, 6)], object).reshape(dims)
    return text(data, 8), numpy.frombuffer(b"".join(all_of(data, 9)), TYPES[kind]).reshape(dims)


def attribute(data):
    kind = all_of(data, 20)[0]
    value = {6: lambda: [struct.unpack("<f", value)[0] for value in all_of(data, 7)], 1: lambda: struct.unpack("<f", all_of(data, 2)[0])[0], 2: lambda: all_of(data, 3)[0], 3: lambda: text(data, 4),
             7: lambda: all_of(data, 8), 8: lambda: [value.decode() for value in all_of(data, 9)]}[kind]()
    return text(data, 1), value


def erf(x):
    """Abramowitz and Stegun 1964, 7.1.26, within 1.5e-7."""
    t = 1 / (1 + 0.3275911 * abs(x))
    rest = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t
    return numpy.sign(x) * (1 - rest * numpy.exp(-x * x))


def windows(x, size, strides, pads, fill):
    """(row, channel, place..., offset...): the windows of images with a border of `fill`."""
    rank = len(size)
    x = numpy.pad(x, [(0, 0), (0, 0), *zip(pads[:rank], pads[rank:])], constant_values=fill)
    view = numpy.lib.stride_tricks.sliding_window_view(x, size, axis=tuple(range(2, 2 + rank)))
    return view[(slice(None), slice(None), *(slice(None, None, step) for step in strides))]


def conv(x, weights, bias=None, kernel_shape=None, strides=None, pads=None, group=1):
    rank, outputs = len(kernel_shape), len(weights) // group
    seen = windows(x, kernel_shape, strides, pads, 0)
    parts = []
    for g in range(group):
        inputs = weights.shape[1]
        part = seen[:, g * inputs:(g + 1) * inputs]
        axes = [1, *range(2 + rank, 2 + 2 * rank)]
        product = numpy.tensordot(part, weights[g * outputs:(g + 1) * outputs], (axes, [1, *range(2, 2 + rank)]))
        parts.append(numpy.moveaxis(product, -1, 1))
    y = numpy.concatenate(parts, 1)
    return y if bias is None else y + bias.reshape(1, -1, *[1] * rank)


def pooled(reduce):
    def pool(x, kernel_shape, strides, pads):
        seen = windows(x, kernel_shape, strides, pads, numpy.nan)
        return reduce(seen, tuple(range(-len(kernel_shape), 0)))
    return pool


def softmax(x, axis):
    with numpy.errstate(invalid="ignore"):
        e = numpy.exp(x - x.max(axis, keepdims=True))
        return e / e.sum(axis, keepdims=True)


def one_hot(indices, depth, values, axis):
    hot = numpy.arange(depth[0]) == numpy.expand_dims(indices, -1)
    return numpy.moveaxis(numpy.where(hot, values[1], values[0]), -1, axis)


def cut(x, starts, ends, axes):
    where = [slice(None)] * x.ndim
    for start, end, axis in zip(starts, ends, axes):
        where[axis] = slice(start, end)
    return x[tuple(where)]


def lrn(x, size, alpha, beta, bias):
    half, squares = size // 2, numpy.pad(x * x, [(0, 0), (size // 2, size // 2)] + [(0, 0)] * (x.ndim - 2))
    total = sum(squares[:, k:k + x.shape[1]] for k in range(2 * half + 1))
    return x / (bias + alpha / size * total) ** beta


def sigmoid(x):
    return 1 / (1 + numpy.exp(-x))


def recurrent(step):
    """Y of LSTM or GRU: (time, direction, row, unit), each direction's states where their inputs are."""
    def run(x, weights, of_state, bias, hidden_size, direction, **settings):
        assert direction == ("forward", "bidirectional")[len(weights) - 1]
        y = numpy.zeros((len(x), len(weights), x.shape[1], hidden_size), x.dtype)
        for d, (w, r, b) in enumerate(zip(weights, of_state, bias)):
            state = (numpy.zeros(y.shape[2:], x.dtype),) * 2
            for t in range(len(x)) if d == 0 else reversed(range(len(x))):
                state = step(x[t] @ w.T, r, *numpy.split(b, 2), state, **settings)
                y[t, d] = state[0]
        return y
    return run


def lstm_step(inputs, r, input_bias, state_bias, state):
    hidden, cell = state
    i, o, f, c = numpy.split(inputs + hidden @ r.T + input_bias + state_bias, 4, 1)
    cell = sigmoid(f) * cell + sigmoid(i) * numpy.tanh(c)
    return sigmoid(o) * numpy.tanh(cell), cell


def gru_step(inputs, r, input_bias, state_bias, state, linear_before_reset):
    assert linear_before_reset == 1
    hidden = state[0]
    z, reset, h = numpy.split(inputs + input_bias, 3, 1)
    of_z, of_reset, of_h = numpy.split(hidden @ r.T + state_bias, 3, 1)
    z, reset = sigmoid(z + of_z), sigmoid(reset + of_reset)
    return (1 - z) * numpy.tanh(h + reset * of_h) + z * hidden, None


def label_encoder(x, keys_strings, values_int64s, default_int64):
    table = dict(zip(keys_strings, values_int64s))
    return numpy.array([table.get(value, default_int64) for value in x.ravel()], numpy.int64).reshape(x.shape)


def top_k(x, k, axis, largest=1):
    """Values and where they come from."""
    order = numpy.argsort(-x if largest else x, axis, kind="stable")
    order = numpy.take(order, range(int(k[0])), axis)
    return numpy.take_along_axis(x, order, axis), order


def tree_ensemble(x, n_targets, nodes_treeids, nodes_nodeids, nodes_featureids, nodes_values, nodes_modes, nodes_truenodeids,
                  nodes_falsenodeids, nodes_missing_value_tracks_true, target_treeids, target_nodeids, target_ids, target_weights):
    nodes = dict(zip(zip(nodes_treeids, nodes_nodeids),
                     zip(nodes_modes, nodes_featureids, nodes_values, nodes_truenodeids, nodes_falsenodeids, nodes_missing_value_tracks_true)))
    leaves = dict(zip(zip(target_treeids, target_nodeids), zip(target_ids, target_weights)))
    sums = numpy.zeros((len(x), n_targets))
    for row, numbers in enumerate(x):
        for tree in dict.fromkeys(nodes_treeids):
            node = 0
            while (tree, node) not in leaves:
                mode, feature, value, first, second, missing_first = nodes[tree, node]
                assert mode == "BRANCH_LT"
                number = numbers[feature]
                node = first if (missing_first if numpy.isnan(number) else number < numpy.float32(value)) else second
            target, weight = leaves[tree, node]
            sums[row, target] += weight
    return sums


def places(x):
    return tuple(range(2, x.ndim))


OPERATIONS = {
    "Add": lambda a, b: a + b, "Sub": lambda a, b: a - b, "Mul": lambda a, b: a * b, "Div": lambda a, b: a / b,
    "Max": lambda *a: numpy.maximum.reduce(numpy.broadcast_arrays(*a)), "Min": lambda a, b: numpy.minimum(a, b),
    "Neg": lambda x: -x, "Exp": numpy.exp, "Log": numpy.log, "Sqrt": numpy.sqrt, "Floor": numpy.floor, "Tanh": numpy.tanh,
    "Erf": erf, "Relu": lambda x: numpy.maximum(x, 0), "Sigmoid": sigmoid,
    "Softplus": lambda x: numpy.logaddexp(x, 0), "Softsign": lambda x: x / (1 + abs(x)),
    "LeakyRelu": lambda x, alpha: numpy.where(x > 0, x, numpy.float32(alpha) * x),
    "Elu": lambda x, alpha: numpy.where(x > 0, x, alpha * numpy.expm1(numpy.minimum(x, 0))),
    "Clip": numpy.clip, "Identity": lambda x: x, "IsNaN": numpy.isnan, "Equal": lambda a, b: a == b, "Greater": lambda a, b: a > b,
    "Less": lambda a, b: a < b, "LessOrEqual": lambda a, b: a <= b, "Squeeze": lambda x, axes: x.squeeze(tuple(axes)),
    "GatherElements": lambda x, i, axis: numpy.take_along_axis(x, i, axis), "TreeEnsembleRegressor": tree_ensemble,
    "Where": lambda c, a, b: numpy.where(c, a, b), "MatMul": lambda a, b: a @ b, "Softmax": softmax,
    "Cast": lambda x, to: x.astype(TYPES[to]), "Gather": lambda x, i, axis: numpy.take(x, i, axis),
    "Concat": lambda *x, axis: numpy.concatenate(x, axis), "Transpose": lambda x, perm: x.transpose(perm),
    "Reshape": lambda x, shape: x.reshape(shape), "Unsqueeze": lambda x, axes: numpy.expand_dims(x, tuple(axes)),
    "Expand": lambda x, shape: x * numpy.ones(shape, x.dtype), "Slice": cut, "OneHot": one_hot, "LabelEncoder": label_encoder,
    "ReduceSum": lambda x, axes, keepdims=1: x.sum(tuple(axes), keepdims=bool(keepdims)),
    "ReduceMax": lambda x, axes, keepdims=1: x.max(tuple(axes), keepdims=bool(keepdims)),
    "ReduceMean": lambda x, axes, keepdims=1: x.mean(tuple(axes), keepdims=bool(keepdims)),
    "CumSum": lambda x, axis: x.cumsum(int(axis)), "ArgMax": lambda x, axis, keepdims: x.argmax(axis), "TopK": top_k,
    "Conv": conv, "LSTM": recurrent(lstm_step), "GRU": recurrent(gru_step), "LRN": lrn, "MaxPool": pooled(numpy.nanmax), "AveragePool": pooled(numpy.nanmean),
    "GlobalAveragePool": lambda x: x.mean(places(x), keepdims=True), "GlobalMaxPool": lambda x: x.max(places(x), keepdims=True),
}


class Model:
    """An ONNX file: `model = Model(path); model(numbers=array)["label"]`."""

    def __init__(self, path):
        data = path.read_bytes()
        graph = all_of(data, 7)[0]
        self.constants = dict(map(tensor, all_of(graph, 5)))
        self.nodes = [(text(node, 4), [name.decode() for name in all_of(node, 1)], [name.decode() for name in all_of(node, 2)], dict(map(attribute, all_of(node, 5))))
                      for node in all_of(graph, 1)]
        self.inputs = [text(value, 1) for value in all_of(graph, 11)]
        self.outputs = [text(value, 1) for value in all_of(graph, 12)]
        self.about = {text(entry, 1): text(entry, 2) for entry in all_of(data, 14)}

    def operations(self):
        return {op for op, *_ in self.nodes}

    def __call__(self, **inputs):
        assert sorted(inputs) == sorted(self.inputs), self.inputs
        values = {**self.constants, **inputs}
        with numpy.errstate(all="ignore"):
            for op, names, outputs, settings in self.nodes:
                made = OPERATIONS[op](*(values[name] for name in names), **settings)
                for output, value in zip(outputs, made if isinstance(made, tuple) else (made,), strict=True):
                    value = numpy.asarray(value)
                    values[output] = value.astype(numpy.float32) if value.dtype == numpy.float64 else value
        return {name: values[name] for name in self.outputs}
