package dev.trestle.dist.readme;

import dev.trestle.adapter.ChainAdapter;
import dev.trestle.base.Amount;
import dev.trestle.base.AssetId;
import dev.trestle.base.Bytes;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.SecretKey;
import dev.trestle.relay.ledger.Genesis;
import dev.trestle.sdk.Api;
import dev.trestle.sdk.HubClient;
import dev.trestle.sdk.SwapParty;
import dev.trestle.sdk.TransferParty;
import java.time.Duration;

/** The Java of README.md, word for word between the markers; {@link ReadmeTest} compares. */
final class ReadmeExamples {
  private ReadmeExamples() {}

  static String swap(SwapParty maker, SwapParty taker) {
    // README swap
    AssetId btc = AssetId.parse("bip122:0f9188f13cb7b2c71f2a335e3a4fc328/slip44:1");
    AssetId eth = AssetId.parse("eip155:31337/slip44:60");
    Amount satoshi = Amount.of(2_000_000);
    Amount wei = Amount.of(500_000_000_000_000_000L);
    maker.offer(eth, wei, btc, satoshi, Duration.ofMinutes(5)); // and, in its own thread:
    // maker.acceptProposals() until it returns the swap
    String id = taker.take(btc, eth, satoshi, wei, Duration.ofSeconds(30));
    // both engines go on by themselves, also after a crash; follow them with onProgress(...)
    // README end
    return id;
  }

  static Api.Transfer transfer(
      HubClient hub,
      Genesis genesis,
      ChainAdapter bitcoin,
      SecretKey relayKey,
      SecretKey refundKey,
      SecretKey bitcoinKey,
      EvmAddress recipient) {
    // README transfer
    TransferParty party = new TransferParty(hub, genesis, relayKey);
    Api.Route route =
        hub.routes().stream().filter(r -> r.kind().equals("transfer")).findFirst().orElseThrow();
    Amount amount = Amount.of(30_000_000);
    // computes the deposit address itself and refuses a gateway that names another one
    TransferParty.Opened opened = party.open(route, recipient, amount, refundKey, "invoice-4711");
    party.deposit(opened, bitcoin, bitcoinKey, amount);
    Api.Transfer settled = party.awaitSettled(opened.transferId(), Duration.ofHours(3));
    // README end
    return settled;
  }

  static Api.Chain register(HubClient hub, Bytes signedRegistration) {
    // README register
    hub.registerChain(signedRegistration); // signed by the governance quorum
    Api.Chain chain =
        hub.await(
            "the end of the probation",
            () -> hub.chain("bip122:530827f38f93b43ed12af0b3ad25a288"),
            found -> found.status().equals("active"),
            Duration.ofMinutes(10),
            Duration.ofSeconds(1));
    // README end
    return chain;
  }
}
