package dev.trestle.dist.devnet;

import dev.trestle.base.ChainId;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.SecretKey;
import dev.trestle.lightclient.bitcoin.BitcoinNetworks;
import dev.trestle.lightclient.bitcoin.script.Address;
import dev.trestle.lightclient.bitcoin.script.OutputScript;
import dev.trestle.sdk.Chains;
import java.net.URI;
import java.util.List;
import java.util.Map;

/** What roles and users of a local network are told about its chains. */
final class DevnetEntries {
  /** Ten thousand coins of 18 decimals. */
  private static final String EVM_FUNDS = "0x21e19e0c9bab2400000";

  private DevnetEntries() {}

  static Chains.Entry bitcoin(URI node) {
    return new Chains.Entry(
        "bitcoin", Devnet.BITCOIN.toString(), List.of(node.toString()), regtestOptions());
  }

  static Chains.Entry litecoin(URI node) {
    return new Chains.Entry(
        "litecoin", Devnet.LITECOIN.toString(), List.of(node.toString()), regtestOptions());
  }

  static Chains.Entry evm(URI node, EvmAddress htlc) {
    return new Chains.Entry(
        "ethereum",
        Devnet.EVM.toString(),
        List.of(node.toString()),
        Map.of(
            "htlc", htlc.toString(),
            "timing.lock", "4",
            "timing.claim", "4",
            "timing.refund", "4",
            "timing.irreversible", "5",
            "timing.seen", "1",
            "timing.clock-skew", "2",
            "poll-millis", "200"));
  }

  /** A block a second: the worst cases of the real networks would only make a demo wait. */
  private static Map<String, String> regtestOptions() {
    return Map.of(
        "confirmations", Long.toString(Devnet.CONFIRMATIONS),
        "timing.lock", "4",
        "timing.claim", "4",
        "timing.refund", "12",
        "timing.irreversible", "4",
        "timing.seen", "1",
        "timing.clock-skew", "2",
        "poll.millis", "200",
        // ten minutes: longer than a party is away here, and no need to read the whole chain
        "scan.blocks", "600");
  }

  /** Gives an EVM key ten thousand coins; only anvil does that. */
  static void fund(NodeRpc anvil, SecretKey key) {
    anvil.call("anvil_setBalance", key.publicKey().evmAddress().toString(), EVM_FUNDS);
  }

  /** P2WPKH address of a key on a network of the Bitcoin family. */
  static String address(ChainId chain, SecretKey key) {
    return Address.of(
            BitcoinNetworks.byChain(chain).orElseThrow().addresses(),
            OutputScript.p2wpkh(Digests.hash160(key.publicKey().compressed())))
        .orElseThrow();
  }
}
