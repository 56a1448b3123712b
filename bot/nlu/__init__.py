"""The NLU components that config.yml names, each a thin cover of a pure module for Rasa's graph."""
