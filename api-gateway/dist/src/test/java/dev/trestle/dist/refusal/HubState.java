package dev.trestle.dist.refusal;

import static dev.trestle.adapter.Async.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.adapter.HeaderSource;
import dev.trestle.adapter.NativeIds;
import dev.trestle.adapter.PacketPort;
import dev.trestle.base.ChainId;
import dev.trestle.dist.devnet.Devnet;
import dev.trestle.lightclient.bitcoin.BitcoinFamily;
import dev.trestle.lightclient.packet.TransferPayload;
import dev.trestle.sdk.Api;
import dev.trestle.sdk.HubClient;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * All of the hub's state that holds value or promises it, as the API and the bridge's token show
 * it. Heights are not in it: honest blocks go on coming. Nor are sweeps themselves, by which the
 * committee takes credited deposits out of their depositors' reach: they pay nobody. What follows
 * from one is: a transfer that is credited is sent when its sweep is proven.
 */
record HubState(
    List<Api.Supply> supply,
    String wrapped,
    SortedMap<String, String> transfers,
    SortedMap<String, String> releases,
    SortedMap<String, String> swaps,
    SortedMap<String, String> offers,
    SortedMap<String, String> routes,
    SortedMap<String, String> chains) {

  static HubState of(Devnet network) {
    HubClient hub = network.hub();
    PacketPort packets = network.chains().require(Devnet.EVM).packets().orElseThrow();
    return new HubState(
        hub.supply().stream().map(HubState::withoutHeight).toList(),
        await(
                packets.wrappedSupply(
                    network.contracts().bridge().bytes(), TransferPayload.assetId(Devnet.BTC)))
            .toString(),
        map(hub.transfers(), Api.Transfer::id, Api.Transfer::status),
        map(payments(network), Api.Release::id, Api.Release::status),
        map(hub.swaps(), Api.Swap::id, HubState::status),
        map(hub.offers(), Api.Offer::id, Api.Offer::state),
        map(hub.routes(), Api.Route::id, Api.Route::kind),
        map(hub.chains(), Api.Chain::chain, chain -> chain.status() + chain.client().status()));
  }

  /**
   * What the light clients take for true is what the chains' own nodes have: no forged header got
   * in, wherever the honest ones are by now. A node that is down can say nothing of it.
   */
  static void requireHonestHeads(Devnet network) {
    for (ChainId chain : List.of(Devnet.BITCOIN, Devnet.EVM)) {
      Api.Chain shown = network.hub().chain(chain.toString());
      if (!shown.node().usable()) {
        continue;
      }
      Api.Client client = shown.client();
      HeaderSource node = network.chains().require(chain).headers();
      assertThat(client.headerId())
          .as("head %d of the light client of %s", client.height(), chain)
          .isEqualTo(NativeIds.of(chain, await(node.at(client.height())).ref().id()));
      assertThat(client.status()).isEqualTo("active");
    }
  }

  private static List<Api.Release> payments(Devnet network) {
    String own =
        new BitcoinFamily()
            .custody()
            .orElseThrow()
            .restingLock(Devnet.BITCOIN, network.genesis().committee().custody())
            .script()
            .toHex();
    return network.hub().releases().stream()
        .filter(release -> !release.recipientScript().equals(own))
        .toList();
  }

  private static Api.Supply withoutHeight(Api.Supply supply) {
    return new Api.Supply(
        supply.asset(),
        supply.locked(),
        supply.minted(),
        supply.inFlight(),
        supply.pendingRelease(),
        supply.conserved(),
        0);
  }

  /** Time alone makes an agreement that nobody locks for an expired one. */
  private static String status(Api.Swap swap) {
    return swap.status().equals("expired") ? "processing" : swap.status();
  }

  private static <T> SortedMap<String, String> map(
      List<T> all, Function<T, String> id, Function<T, String> state) {
    SortedMap<String, String> map = new TreeMap<>();
    all.forEach(each -> map.put(id.apply(each), state.apply(each)));
    return map;
  }
}
