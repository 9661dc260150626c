"""The frozen trunk: the product's own 8-bit model up to a cut, and its old logits, kept on disk view by view."""

import hashlib
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import helper, numpy_helper

from pictures import VARIATIONS, view_of


class Trunk:
    """Maps at the cut as the model stores them, and what the joint softmax needs of its logits."""

    def __init__(self, path, cut, threads):
        model = onnx.load(path)
        constants = {one.name: numpy_helper.to_array(one) for one in model.graph.initializer}
        self.scale, self.zero = float(constants[f"{cut}/scale"]), int(constants[f"{cut}/zero_point"])
        model.graph.output.append(helper.make_empty_tensor_value_info(f"{cut}/quantized"))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.session = onnxruntime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )
        self.outputs = [model.graph.output[0].name, f"{cut}/quantized"]
        self.key = hashlib.sha256(f"{path} {cut}".encode()).hexdigest()[:8]

    def run(self, pixels):
        """Old logits without the background class, and the maps as 8-bit integers."""
        logits, maps = self.session.run(self.outputs, {"image": pixels})
        return logits[:, 1:], maps


class Views:
    """Views of some pictures as maps, each computed when it is first asked for."""

    def __init__(self, folder, trunk, files, views):
        self.trunk, self.files, self.views = trunk, files, views
        names = "\n".join([VARIATIONS, *map(str, files)])
        self.name = Path(folder) / f"{trunk.key}-{hashlib.sha256(names.encode()).hexdigest()[:12]}-{views}"
        self.name.parent.mkdir(parents=True, exist_ok=True)
        shape = trunk.run(np.zeros((1, 299, 299, 3), np.uint8))[1].shape[1:]
        self.maps = self.open("maps", np.uint8, (len(files), views, *shape))
        # Logsumexp and largest of the old logits, the place of the largest, and whether the view is there.
        self.old = self.open("old", np.float32, (len(files), views, 4))

    def open(self, kind, dtype, shape):
        path = self.name.with_suffix(f".{kind}")
        return np.memmap(path, dtype, "r+" if path.exists() else "w+", shape=shape)

    def get(self, rows, numbers):
        """Maps as 8-bit integers and [lse, largest, argmax] of the old logits."""
        missing = [(row, n) for row, n in dict.fromkeys(zip(rows, numbers)) if self.old[row, n, 3] == 0]
        for start in range(0, len(missing), 8):
            some = missing[start : start + 8]
            logits, maps = self.trunk.run(np.stack([view_of(self.files[row], n) for row, n in some]))
            top = logits.max(1)
            lse = top + np.log(np.exp(logits - top[:, None]).sum(1))
            for i, (row, n) in enumerate(some):
                self.maps[row, n] = maps[i]
                self.old[row, n] = lse[i], top[i], logits[i].argmax(), 1
        return self.maps[rows, numbers], np.array(self.old[rows, numbers, :3])
