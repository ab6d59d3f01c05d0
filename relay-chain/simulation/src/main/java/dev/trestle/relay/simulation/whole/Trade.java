package dev.trestle.relay.simulation.whole;

import dev.trestle.base.AssetId;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.SecretKey;
import dev.trestle.lightclient.attested.AttestedEvmFamily;
import dev.trestle.lightclient.bitcoin.BitcoinFamily;
import dev.trestle.relay.ledger.Families;
import dev.trestle.relay.ledger.Genesis;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/**
 * A chain's genesis and everything that its users are going to send, signed in advance. The same
 * for every run with as many validators.
 *
 * @param opening of an operator: two chains and a route between them
 * @param clients of each client, in the order of his nonces
 * @param coins what a transaction brings to the coins in custody, or takes from them, by its id
 */
record Trade(
    Genesis genesis, List<Bytes> opening, List<List<Bytes>> clients, Map<Hash32, Long> coins) {
  /** Virtual time begins here, Unix milliseconds. */
  static final long EPOCH_MS = 1_700_000_000_000L;

  static final Families FAMILIES =
      Families.of(List.of(new BitcoinFamily(), new AttestedEvmFamily()));

  /** Short epochs: whoever contradicted itself leaves during a run, if enough are left. */
  private static final Genesis.Parameters PARAMETERS =
      new Genesis.Parameters(2_000_000, 100_000, 3, 144, 10_000, 4_000_000, 80_000_000, 8, 0);

  /** What moves over the route. */
  static final AssetId ASSET = AssetId.nativeCoin(Bitcoin.PARAMETERS.chain(), 1);

  private static final Map<Integer, Trade> MADE = new ConcurrentHashMap<>();

  /** That of a chain with so many validators. */
  static Trade of(int validators) {
    return MADE.computeIfAbsent(validators, count -> new TradeMaker(genesis(count)).make());
  }

  static Hash32 fingerprint(int validator) {
    return Keys.hash("transport key " + validator);
  }

  private static Genesis genesis(int validators) {
    List<SecretKey> attest = Keys.sorted("attest", 4);
    return new Genesis(
        "simulation",
        EPOCH_MS,
        Keys.order("validator", validators).stream()
            .map(i -> new Genesis.Validator(Keys.of("validator", i).publicKey(), fingerprint(i)))
            .toList(),
        new Genesis.Governance(
            Keys.sorted("governance", 4).stream().map(SecretKey::publicKey).toList(), 3),
        new Genesis.NotaryCommittee(
            0,
            IntStream.range(0, 4)
                .mapToObj(
                    i ->
                        new Genesis.NotaryMember(
                            Keys.of("custody", i).publicKey().xOnly(), attest.get(i).publicKey()))
                .toList(),
            3),
        PARAMETERS);
  }
}
