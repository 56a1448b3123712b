"""`python -m sandbox.bank --port N --database FILE`."""

import argparse

import uvicorn

from sandbox.bank.app import create_app


def main() -> None:
    parser = argparse.ArgumentParser(description="A bank to practise on.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--database", required=True)
    options = parser.parse_args()
    uvicorn.run(create_app(options.database), host="127.0.0.1", port=options.port, log_level="warning")


if __name__ == "__main__":
    main()
