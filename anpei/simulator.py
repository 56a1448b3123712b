"""Development without providers: stand-in Twilio and Telegram, two phones, and the demo customers to be."""

from fastapi import FastAPI

import channels.simulator.endpoints
import pages.simulator.endpoints
from backend.customers import repository as customers
from backend.kit.services import Services
from backend.kit.settings import Settings
from backend.policies import repository as policies
from channels.simulator.store import Store


def mount(app: FastAPI, settings: Settings) -> None:
    app.state.simulator = Store()
    app.state.settings = settings
    app.include_router(channels.simulator.endpoints.router)
    pages.simulator.endpoints.mount(app)


async def prepare(app: FastAPI, services: Services) -> None:
    """The customers a visitor may be."""
    async with services.db.transaction() as session:
        people = []
        for customer in await customers.everyone(session):
            held = await policies.of_customer(session, customer.id)
            people.append(
                {
                    "name": customer.name,
                    "phone": customer.phone,
                    "language": customer.language,
                    "policy_numbers": [policy.number for policy in held],
                }
            )
    app.state.simulator_customers = people
