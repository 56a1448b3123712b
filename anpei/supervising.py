"""supervisord, with its environment closed to the processes that it starts (anpei/environments.py)."""

from supervisor.supervisord import main

from anpei.environments import keep_to_itself

if __name__ == "__main__":
    keep_to_itself()
    main()  # type: ignore[no-untyped-call]  # supervisor ships no types
