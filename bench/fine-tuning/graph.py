"""The layers of an ONNX graph after a cut, as a differentiable PyTorch module."""

import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper


class Branch(torch.nn.Module):
    """Computes `output` of a float32 graph from the values of `cut`; weights and biases are its parameters."""

    def __init__(self, path, cut, output, dtype=torch.float32):
        super().__init__()
        graph = onnx.load(path).graph
        constants = {one.name: torch.tensor(numpy_helper.to_array(one)) for one in graph.initializer}
        self.cut, self.output, self.dtype = cut, output, dtype
        self.nodes = nodes_between(graph, cut, output, constants)
        self.constants = constants
        self.weights = torch.nn.ParameterDict()
        for node in self.nodes:
            if node.op_type == "Conv":
                for name in node.input[1:]:
                    value = constants[name]
                    if value.dim() == 4:
                        value = value.contiguous(memory_format=torch.channels_last)
                    self.weights[parameter_name(name)] = torch.nn.Parameter(value)

    def forward(self, maps):
        values = {self.cut: maps.to(self.dtype)}
        for node in self.nodes:
            inputs = [values[name] if name in values else self.constant(name) for name in node.input if name]
            values[node.output[0]] = operators[node.op_type](inputs, attributes(node))
        return values[self.output].float()

    def constant(self, name):
        weight = parameter_name(name)
        return self.weights[weight].to(self.dtype) if weight in self.weights else self.constants[name]


def nodes_between(graph, cut, output, constants):
    """What leads from `cut` to `output`, in the graph's order."""
    producer = {name: node for node in graph.node for name in node.output}
    wanted, pending = set(), [output]
    while pending:
        name = pending.pop()
        if name == cut or name in constants or not name:
            continue
        if name not in producer:
            raise ValueError(f"{output} needs {name}, which does not come from {cut}")
        if id(producer[name]) not in wanted:
            wanted.add(id(producer[name]))
            pending.extend(producer[name].input)
    return [node for node in graph.node if id(node) in wanted]


def parameter_name(name):
    return name.replace(".", "_")


def attributes(node):
    return {one.name: onnx.helper.get_attribute_value(one) for one in node.attribute}


def convolve(inputs, a):
    x, pads = padded(inputs[0], a, 0.0)
    bias = inputs[2] if len(inputs) > 2 else None
    return F.conv2d(x, inputs[1], bias, a.get("strides", 1), pads, a.get("dilations", 1), a.get("group", 1))


def average(inputs, a):
    x, pads = inputs[0], symmetric(a)
    return F.avg_pool2d(x, a["kernel_shape"], a.get("strides", 1), pads, False, bool(a.get("count_include_pad", 0)))


def largest(inputs, a):
    x, pads = padded(inputs[0], a, float("-inf"))
    return F.max_pool2d(x, a["kernel_shape"], a.get("strides", 1), pads)


def padded(x, a, value):
    """Pads where the two sides differ; else leaves it to the operator."""
    top, left, bottom, right = a.get("pads", [0, 0, 0, 0])
    if (top, left) == (bottom, right):
        return x, (top, left)
    return F.pad(x, (left, right, top, bottom), value=value), (0, 0)


def symmetric(a):
    top, left, bottom, right = a.get("pads", [0, 0, 0, 0])
    if (top, left) != (bottom, right):
        raise ValueError("an average over a lopsided border is not known here")
    return top, left


def clip(inputs, a):
    low, high = (float(one) for one in inputs[1:3])
    # torch.clamp, but its gradient is one operation.
    return F.hardtanh(inputs[0], low, high)


operators = {
    "Conv": convolve,
    "Clip": clip,
    "Relu": lambda inputs, a: F.relu(inputs[0]),
    "AveragePool": average,
    "MaxPool": largest,
    "Concat": lambda inputs, a: torch.cat(inputs, a["axis"]),
    "Flatten": lambda inputs, a: inputs[0].flatten(a.get("axis", 1)),
    "Transpose": lambda inputs, a: inputs[0].permute(a["perm"]),
    "Identity": lambda inputs, a: inputs[0],
    "Cast": lambda inputs, a: inputs[0].float(),
    "Sub": lambda inputs, a: inputs[0] - inputs[1].to(inputs[0].dtype),
    "Mul": lambda inputs, a: inputs[0] * inputs[1].to(inputs[0].dtype),
    "Add": lambda inputs, a: inputs[0] + inputs[1].to(inputs[0].dtype),
}
