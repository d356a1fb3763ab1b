"""The weights of a Keras network under the names that ours has, and numbers as JSON has them. Used by the scripts beside it."""

import numpy as np


def named(lstm, norm, lstm_last, embedding, softmax):
    """The weights of the five layers, by name."""

    def cell(prefix, layer):
        return {f"{prefix}.{name}": weight for name, weight in zip(["kernel", "recurrent", "bias"], layer.weights)}

    return {
        **cell("lstm.forward", lstm.forward_layer),
        **cell("lstm.backward", lstm.backward_layer),
        **cell("lstm_last.forward", lstm_last.forward_layer),
        **cell("lstm_last.backward", lstm_last.backward_layer),
        "norm.gamma": norm.gamma,
        "norm.beta": norm.beta,
        "embedding.kernel": embedding.kernel,
        "embedding.bias": embedding.bias,
        "softmax.kernel": softmax.kernel,
        "softmax.bias": softmax.bias,
    }


def numbers(array):
    """The shortest decimal that gives the same f32 back."""
    return [float(np.format_float_scientific(value, unique=True)) for value in np.asarray(array, "f4").ravel()]
