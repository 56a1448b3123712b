"""The command line. Imports are made in the commands: `anpei --help` must not load the world."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Optional

import typer

from anpei.nlu_cli import nlu
from anpei.review_cli import review
from backend.kit.settings import InsecureSettings, PayoutRail, Settings

cli = typer.Typer(no_args_is_help=True, add_completion=False, help="Anpei: a claims assistant on SMS and Telegram.")
keys = typer.Typer(no_args_is_help=True, help="The keys that data is sealed with.")
cli.add_typer(keys, name="keys")
cli.add_typer(nlu, name="nlu")
cli.add_typer(review, name="review")
audits = typer.Typer(invoke_without_command=True, help="Prove that records, log, bank and promises agree.")
cli.add_typer(audits, name="audit")
holds = typer.Typer(no_args_is_help=True, help="What must be kept for a court or a regulator.")
cli.add_typer(holds, name="hold")
authority = typer.Typer(no_args_is_help=True, help="Who may do what alone, up to which amount.")
cli.add_typer(authority, name="authority")
agents = typer.Typer(no_args_is_help=True, help="Who works at the desk.")
cli.add_typer(agents, name="agents")
policies = typer.Typer(no_args_is_help=True, help="Customers and policies, from the insurer's own records.")
cli.add_typer(policies, name="policies")
payouts = typer.Typer(no_args_is_help=True, help="Money on its way.")
cli.add_typer(payouts, name="payouts")
identity = typer.Typer(no_args_is_help=True, help="Codes that are locked or paused.")
cli.add_typer(identity, name="identity")


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
        settings = Settings().model_copy(update=update).prepared()
        if settings.payout_rail is PayoutRail.ISO20022:
            from anpei.wiring import payer

            payer(settings)  # said here, and not by each process in its log
        start(settings)
    except (CannotStart, InsecureSettings) as error:
        typer.secho(f"anpei: {error}", fg="red", err=True)
        raise typer.Exit(1) from None


@cli.command()
def migrate() -> None:
    """Bring the database named by ANPEI_DATABASE_URL (or, as its owner, ANPEI_MIGRATION_URL) up to date, and grant."""
    from anpei.roles import grant
    from anpei.schema import migrate as apply
    from anpei.supervisor import accounts_of

    settings = Settings()
    if not settings.database_url:
        typer.secho("anpei: set ANPEI_DATABASE_URL", fg="red", err=True)
        raise typer.Exit(1)
    accounts = accounts_of(settings)
    try:
        apply(accounts.owner)
    except InsecureSettings as error:
        typer.secho(f"anpei: {error}", fg="red", err=True)
        raise typer.Exit(1) from None
    grant(accounts)


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


@cli.command()
def verify(
    receipt: Annotated[Path, typer.Argument(help="A receipt: a tlog-proof@v1 file.")],
    older: Annotated[Optional[Path], typer.Option(help="An older receipt whose log this one must continue.")] = None,
    key: Annotated[
        Optional[str], typer.Option(help="The log's public key (else ANPEI_LOG_PUBLIC_KEY, else ours).")
    ] = None,
    witness: Annotated[
        Optional[list[str]], typer.Option(help="Public key of a witness that must have seen it.")
    ] = None,
    consistency: Annotated[
        Optional[Path], typer.Option(help="The log's answer to /log/consistency, where the newer receipt has no proof.")
    ] = None,
) -> None:
    """Prove offline that a payment is in the log, and that the log still begins as it did then."""
    import os

    from anpei.verify import verify as check
    from backend.audit import keys

    known = key or os.environ.get("ANPEI_LOG_PUBLIC_KEY") or str(keys.known_here(Settings()) or "")
    if not known:
        typer.secho("anpei: name the log's public key with --key or ANPEI_LOG_PUBLIC_KEY", fg="red", err=True)
        raise typer.Exit(2)
    raise typer.Exit(0 if check(receipt, older, known, witness or [], consistency, typer.echo) else 1)


@payouts.command()
def reconcile(
    day: Annotated[Optional[str], typer.Option(help="ISO date (UTC); else yesterday.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """The bank's statement of a day against the books. Exit status: 0 they agree, 1 breaks, 2 the bank is away."""
    import asyncio
    from datetime import date

    from anpei.payouts import reconcile as run

    try:
        wanted = date.fromisoformat(day) if day else None
    except ValueError:
        raise typer.BadParameter(f"{day!r} is no ISO date") from None
    try:
        raise typer.Exit(asyncio.run(run(Settings().prepared(), wanted, typer.echo, as_json=as_json)))
    except InsecureSettings as error:
        typer.secho(f"anpei: {error}", fg="red", err=True)
        raise typer.Exit(3) from None


@policies.command(name="import")
def import_policies(
    file: Annotated[Path, typer.Argument(help="CSV, or JSON Lines (.jsonl); UTF-8. See docs/policies.md.")],
    dry_run: Annotated[bool, typer.Option(help="Say what would come of it, and change nothing.")] = False,
    contacts: Annotated[int, typer.Option(help="Change no more phone numbers and e-mails than these.", min=0)] = 200,
) -> None:
    """Bring in customers and policies, again whenever they change. Exit status: 0 all taken, 1 some refused, 2 stopped."""
    from anpei.policies import bring_in

    try:
        raise typer.Exit(bring_in(file, typer.echo, dry_run=dry_run, contacts=contacts))
    except InsecureSettings as error:
        typer.secho(f"anpei: {error}", fg="red", err=True)
        raise typer.Exit(3) from None


@audits.callback()
def audit(context: typer.Context) -> None:
    """Do every check and keep a dated report. Exit status: 0 all passed, 1 something failed, 2 look at it."""
    import asyncio

    from anpei.audit import audit as run

    if context.invoked_subcommand is not None:
        return
    try:
        raise typer.Exit(asyncio.run(run(Settings().prepared(), typer.echo)))
    except InsecureSettings as error:
        typer.secho(f"anpei: {error}", fg="red", err=True)
        raise typer.Exit(3) from None


@audits.command()
def leaks() -> None:
    """Look for what is kept sealed in every table, Redis and every file of the data folder. Exit status 1: it is there."""
    from anpei.keys import leaks as look

    raise typer.Exit(look(Settings(), typer.echo))


@audits.command()
def new_key(name: Annotated[str, typer.Argument(help="Of the log, as an address: insurer.example/claims-log")]) -> None:
    """Make a key for the log: the private one for ANPEI_LOG_KEY, the public one to be published."""
    from backend.audit import keys
    from backend.audit.errors import BadKey

    try:
        made = keys.new_key(name)
    except BadKey as error:
        typer.secho(f"anpei: {error}", fg="red", err=True)
        raise typer.Exit(1) from None
    typer.echo(f"ANPEI_LOG_KEY={made.secret_text()}\npublic: {made.verifier}")


Named = Annotated[str, typer.Argument(help="The customer's phone (E.164), id, or a claim number of theirs.")]


def _refusing(work: Any) -> None:
    """Run it; a refusal is said in words, with exit status 1."""
    import asyncio

    from anpei.erasure import in_words
    from backend.kit.errors import AnpeiError

    try:
        asyncio.run(work)
    except AnpeiError as error:
        typer.secho(f"anpei: {in_words(error)}", fg="red", err=True)
        raise typer.Exit(1) from None


@cli.command()
def erase(customer: Named, reason: Annotated[str, typer.Option(help="Why; it is logged. No personal data.")]) -> None:
    """Forget a customer: person, words and photos go, books and proofs stay."""
    from anpei.erasure import erase as forget

    _refusing(forget(Settings().prepared(), customer, reason, typer.echo))


@holds.command()
def place(customer: Named, reason: Annotated[str, typer.Option(help="Why; it is logged.")]) -> None:
    """Nothing of the customer is erased until it is released."""
    from anpei.erasure import hold

    _refusing(hold(Settings().prepared(), customer, reason))


@holds.command()
def release(customer: Named) -> None:
    """The customer may be erased again."""
    from anpei.erasure import hold

    _refusing(hold(Settings().prepared(), customer, None))


@holds.command(name="list")
def list_holds() -> None:
    """Every hold that stands."""
    from anpei.erasure import show_holds

    _refusing(show_holds(Settings().prepared(), typer.echo))


@authority.command()
def grant(
    username: str,
    act: str,
    limit: Annotated[Optional[str], typer.Option(help="E.g. 2500USD; else without limit; 0USD takes it away.")] = None,
    product: Annotated[Optional[str], typer.Option(help="A claim type; else all.")] = None,
) -> None:
    """Give somebody an authority; it takes the place of one for the same act, product and currency."""
    from anpei.authority import grant as give

    give(username, act, limit, product)


@authority.command()
def revoke(username: str, act: str) -> None:
    """Take back all that was granted of an act."""
    from anpei.authority import revoke as take_back

    take_back(username, act)


@authority.command(name="list")
def list_authority() -> None:
    """Every grant in force. Who isn't named has the standard authority."""
    from anpei.authority import show

    show()


def _agents(work: Callable[[], None], username: str) -> None:
    """Say a refusal in words; exit status 1."""
    from anpei.agents import in_words
    from backend.kit.errors import AnpeiError

    try:
        work()
    except AnpeiError as error:
        typer.secho(f"anpei: {in_words(error, username)}", fg="red", err=True)
        raise typer.Exit(1) from None


@agents.command()
def add(username: str, name: Annotated[str, typer.Option(help="As customers see it: “Mei Lin”.")]) -> None:
    """Let somebody sign in at the desk; asks for their first password."""
    from anpei import agents as desk

    _agents(lambda: desk.add(username, name), username)


@agents.command()
def password(username: str) -> None:
    """Set a new password for somebody who forgot theirs, and sign them out everywhere."""
    from anpei import agents as desk

    _agents(lambda: desk.password(username), username)


@agents.command()
def forget_authenticator(username: str) -> None:
    """For a phone that is lost: the next sign-in offers a new authenticator."""
    from anpei import agents as desk

    _agents(lambda: desk.forget_authenticator(username), username)


@agents.command()
def end(username: str) -> None:
    """Somebody has left: signed out at once, and their conversations are back in the queue."""
    from anpei import agents as desk

    _agents(lambda: desk.end(username), username)


@agents.command(name="list")
def list_agents() -> None:
    """Everybody, also those who have left."""
    from anpei.agents import show

    show()


@identity.command()
def paused() -> None:
    """Number ranges to which no codes go, because too few came back."""
    from anpei.identity import paused as show

    show()


@identity.command(name="release")
def release_range(
    prefix: Annotated[str, typer.Argument(help="As `anpei identity paused` shows it, e.g. +1202.")],
    reason: Annotated[str, typer.Option(help="Why it is safe; it is kept.")],
) -> None:
    """Let codes go to a number range again."""
    from anpei.identity import release as let_go

    let_go(prefix, reason)


@keys.command()
def rotate(
    batch: Annotated[int, typer.Option(help="Rows a transaction.", min=1, max=10_000)] = 200,
) -> None:
    """Seal everything with a new key while the service runs. Run again, it goes on where it was stopped."""
    import asyncio

    from anpei.keys import rotate as go_over

    raise typer.Exit(asyncio.run(go_over(Settings(), batch, typer.echo)))


@keys.command()
def rewrap() -> None:
    """Go over to another master key while the service runs: ANPEI_MASTER_KEY is the new one, a comma, and the old one."""
    import asyncio

    from anpei.keys import rewrap as go_over

    raise typer.Exit(asyncio.run(go_over(Settings(), typer.echo)))


@keys.command()
def status() -> None:
    """Which keys there are, how old, and how many values are sealed with each."""
    from anpei.keys import status as show

    raise typer.Exit(show(Settings(), typer.echo))


def main() -> None:
    cli()


if __name__ == "__main__":
    main()
