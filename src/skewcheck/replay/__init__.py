"""The model asked again: are the logged scores its answers to the logged features?

Here too a file is an idea: ``models`` tells a model file by its content and opens it, ``lightgbm``,
``xgboost``, ``onnx`` and ``function`` answer, ``table`` brings logged columns into the model's
order, ``parity`` holds answers against logged scores, ``movement`` says how far a feature moves
them, and ``rerun`` puts these together for one comparison.
"""
