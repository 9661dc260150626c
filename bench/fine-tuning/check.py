"""Checks the PyTorch layers against ONNX Runtime: the same float32 graph, and the quantised model."""

import numpy as np
import onnx
import onnxruntime
import torch

from graph import Branch
from pictures import view_of

AS_RUNTIME, AS_QUANTISED = 1e-3, 0.85


def check(model, form, cuts, files):
    """Raises where logits differ by more than rounding, or where correlation with the quantised model's is low."""
    pixels = np.stack([view_of(file, 0) for file in files])
    cpu = {"providers": ["CPUExecutionProvider"]}
    quantised = onnxruntime.InferenceSession(model, **cpu).run(None, {"image": pixels})[0]
    graph = onnx.load(form)
    logits = graph.graph.output[0].name
    graph.graph.output.extend(onnx.helper.make_empty_tensor_value_info(cut) for cut in cuts)
    runtime, *maps = onnxruntime.InferenceSession(graph.SerializeToString(), **cpu).run(None, {"image": pixels})
    found = {}
    with torch.no_grad():
        for cut, values in [("image", pixels), *zip(cuts, maps)]:
            own = Branch(form, cut, logits)(torch.from_numpy(values)).numpy()
            found[cut] = float(np.abs(own - runtime).max())
    correlation = float(np.corrcoef(runtime.ravel(), quantised.ravel())[0, 1])
    same = float((runtime.argmax(1) == quantised.argmax(1)).mean())
    if max(found.values()) > AS_RUNTIME:
        raise SystemExit(f"The layers in PyTorch differ from ONNX Runtime by more than {AS_RUNTIME}: {found}")
    if correlation < AS_QUANTISED:
        raise SystemExit(f"The float32 form is not like the quantised model: correlation {correlation:.3f}")
    spread = {"logitDeviation": float(runtime.std()), "meanDifference": float(np.abs(runtime - quantised).mean())}
    return {"largestDifference": found, "correlation": correlation, "sameAnswer": same, **spread}
