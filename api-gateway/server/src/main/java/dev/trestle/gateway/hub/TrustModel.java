package dev.trestle.gateway.hub;

import dev.trestle.relay.ledger.Genesis;
import dev.trestle.relay.ledger.LedgerView;
import dev.trestle.sdk.Api;

/** Whom one trusts on each kind of route; shown with every quote, swap and transfer. */
public final class TrustModel {
  private TrustModel() {}

  /** Hash-locked swaps: nobody can take the coins. */
  public static Api.Trust swap() {
    return new Api.Trust(
        "hash-lock",
        "S0",
        "Nobody. The hub holds no key and no coin of a swap.",
        "If one side stops, each side takes its own lock back after its expiry.");
  }

  /** Deposits held by the committee, mints checked by the relay chain's certificate. */
  public static Api.Trust transfer(LedgerView view) {
    Genesis genesis = view.genesis();
    int members = genesis.committee().members().size();
    int validators = view.validators().members().size();
    int quorum = 2 * validators / 3 + 1;
    return new Api.Trust(
        "light-client+committee",
        "S3",
        genesis.committee().threshold()
            + " of "
            + members
            + " committee members together (coins in custody), or "
            + quorum
            + " of "
            + validators
            + " validators together (wrapped tokens).",
        "Whoever stops the hub only delays: nothing is minted before its deposit is swept, and a"
            + " deposit that is not swept goes back to its depositor alone after the refund delay. A"
            + " burn is paid when enough members are back.");
  }
}
