// The "live / catching up" sign, and what to do when a stream is refused.

/** A function that shows a stream's state in `#live`. */
export function liveSign() {
  const sign = document.getElementById("live");
  return (state) => {
    if (sign.dataset.state === state) return;
    sign.dataset.state = state;
    sign.textContent = state === "live" ? sign.dataset.live : sign.dataset.catchingUp;
  };
}

/** Who is no longer signed in goes to the sign-in page; any other refusal is tried again by the stream itself. */
export async function checkSession() {
  try {
    const answer = await fetch("/desk/session", { headers: { accept: "application/json" } });
    if (answer.status === 401) location.assign("/desk/login");
  } catch {
    // The network is away: the stream keeps trying, and says so.
  }
}
