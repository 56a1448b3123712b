"""The command line. Imports are made in the commands: `anpei --help` must not load the world."""

from pathlib import Path
from typing import Annotated, Optional

import typer

from anpei.nlu_cli import nlu
from backend.kit.settings import InsecureSettings, Settings

cli = typer.Typer(no_args_is_help=True, add_completion=False, help="Anpei: a claims assistant on SMS and Telegram.")
cli.add_typer(nlu, name="nlu")


@cli.command()
def up(
    port: Annotated[Optional[int], typer.Option(help="The web port (else ANPEI_PORT, 8000).")] = None,
    data: Annotated[Optional[Path], typer.Option(help="The data folder (else ANPEI_DATA_DIR, var).")] = None,
) -> None:
    """Start everything on this machine and stay until Ctrl-C."""
    from anpei.supervisor import CannotStart
    from anpei.supervisor import up as start

    update = {key: value for key, value in {"port": port, "data_dir": data}.items() if value is not None}
    try:
        start(Settings().model_copy(update=update).prepared())
    except (CannotStart, InsecureSettings) as error:
        typer.secho(f"anpei: {error}", fg="red", err=True)
        raise typer.Exit(1) from None


@cli.command()
def migrate() -> None:
    """Bring the database named by ANPEI_DATABASE_URL up to date."""
    from anpei.schema import migrate as apply
    from anpei.supervisor import sqlalchemy_url

    url = Settings().database_url
    if not url:
        typer.secho("anpei: set ANPEI_DATABASE_URL", fg="red", err=True)
        raise typer.Exit(1)
    apply(sqlalchemy_url(url))


@cli.command()
def chat(
    phone: Annotated[str, typer.Option(help="The demo customer who writes.")] = "+12025550101",
    channel: Annotated[str, typer.Option(help="sms or telegram.")] = "sms",
) -> None:
    """Talk to a running `anpei up` as a customer, in the terminal."""
    import asyncio

    from anpei.chat import talk

    asyncio.run(talk(Settings().prepared(), phone, channel))


@cli.command()
def register_telegram() -> None:
    """Tell Telegram where our webhook is (ANPEI_PUBLIC_URL), with its secret and the command menu."""
    import asyncio

    from channels.telegram.send import TelegramSender

    async def register(settings: Settings) -> None:
        sender = TelegramSender(settings)
        try:
            await sender.register()
        finally:
            await sender.close()

    asyncio.run(register(Settings().prepared()))


def main() -> None:
    cli()


if __name__ == "__main__":
    main()
