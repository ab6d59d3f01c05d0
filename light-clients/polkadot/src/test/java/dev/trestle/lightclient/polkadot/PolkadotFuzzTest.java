package dev.trestle.lightclient.polkadot;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.contract.FuzzSeeds;
import dev.trestle.lightclient.contract.FuzzedClient;
import dev.trestle.lightclient.polkadot.beefy.BeefyAnchor;
import dev.trestle.lightclient.polkadot.beefy.BeefyFamily;
import dev.trestle.lightclient.polkadot.beefy.BeefyFormats;
import dev.trestle.lightclient.polkadot.beefy.Commitment;
import dev.trestle.lightclient.polkadot.beefy.MmrLeaf;
import dev.trestle.lightclient.polkadot.beefy.SignedCommitment;
import dev.trestle.lightclient.polkadot.grandpa.ConsensusLog;
import dev.trestle.lightclient.polkadot.grandpa.GrandpaAnchor;
import dev.trestle.lightclient.polkadot.grandpa.GrandpaFamily;
import dev.trestle.lightclient.polkadot.grandpa.GrandpaFormats;
import dev.trestle.lightclient.polkadot.grandpa.Justification;
import dev.trestle.lightclient.polkadot.trie.StorageProof;
import java.io.IOException;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * Whatever comes in, a decoder answers or throws {@link DecodeException}, what it reads it writes
 * back byte for byte, and the clients give a verdict. A normal test run replays the corpus; {@code
 * light-clients/fuzz/run} fuzzes.
 */
class PolkadotFuzzTest {
  private static final String DURATION = "1h";
  private static final long EXECUTIONS = 10_000_000;
  private static final long UNITS = 1_000_000;
  private static final long NOW = 1_800_001_000L;
  private static final LightClient GRANDPA = new GrandpaFamily().client();
  private static final LightClient BEEFY = new BeefyFamily().client();
  private static final FuzzedClient FUZZED_GRANDPA = GrandpaFormats.fuzzed();
  private static final FuzzedClient FUZZED_BEEFY = BeefyFormats.fuzzed();
  private static final ClientView GRANDPA_STATE = GrandpaFormats.state();
  private static final ClientView BEEFY_STATE = BeefyFormats.state();

  /** Runs a decoder; empty where it refuses. */
  private static <T> Optional<T> decoded(Supplier<T> decoder) {
    try {
      return Optional.of(decoder.get());
    } catch (DecodeException refused) {
      return Optional.empty();
    }
  }

  private static void same(Bytes input, Optional<Bytes> again) {
    if (again.filter(bytes -> !bytes.equals(input)).isPresent()) {
      throw new AssertionError("another form decodes: " + input);
    }
  }

  @Test
  void seedsAreOfTodaysFormats() throws IOException {
    SortedMap<String, Bytes> seeds = FUZZED_GRANDPA.claimSeeds("grandpaClaims");
    seeds.putAll(FUZZED_BEEFY.claimSeeds("beefyClaims"));
    FuzzSeeds.check(PolkadotFuzzTest.class, seeds);
  }

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void anchors(byte[] data) {
    Bytes input = Bytes.of(data);
    same(input, decoded(() -> GrandpaAnchor.decode(input).encode()));
    same(input, decoded(() -> BeefyAnchor.decode(input).encode()));
    GRANDPA.initialize(input, new Budget(UNITS));
    BEEFY.initialize(input, new Budget(UNITS));
  }

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void messages(byte[] data) {
    Bytes input = Bytes.of(data);
    GRANDPA.verify(GRANDPA_STATE, input, new Budget(UNITS), NOW);
    GRANDPA.checkMisbehaviour(GRANDPA_STATE, input, new Budget(UNITS), NOW);
    BEEFY.verify(BEEFY_STATE, input, new Budget(UNITS), NOW);
    BEEFY.checkMisbehaviour(BEEFY_STATE, input, new Budget(UNITS), NOW);
  }

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void headersAndJustifications(byte[] data) {
    Bytes input = Bytes.of(data);
    Optional<Header> header = decoded(() -> Header.decode(input));
    same(input, header.map(Header::encode));
    header.ifPresent(each -> decoded(() -> ConsensusLog.of(each)));
    if (Justification.decode(input) instanceof Verdict.Accepted<Justification>(var decoded)) {
      same(input, Optional.of(decoded.encode()));
    }
    // a last byte of padding may be there or not
    SignedCommitment.decode(input);
    same(input, decoded(() -> MmrLeaf.decode(input).encode()));
    same(input, decoded(() -> Commitment.decode(input).encode()));
  }

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void proofs(byte[] data) {
    Bytes input = Bytes.of(data);
    Optional<StorageProof> proof = decoded(() -> StorageProof.decode(input));
    same(input, proof.map(StorageProof::encode));
    proof.ifPresent(each -> each.read(Hash32.ZERO, StateFacts.TIMESTAMP));
    same(input, decoded(() -> StatePath.decode(input).encode()));
    Bytes state = new StatePath(StatePath.Kind.STORAGE, 100, StateFacts.TIMESTAMP).encode();
    Bytes head =
        new StatePath(StatePath.Kind.PARACHAIN_HEAD, 99, Bytes.fromHex("000003e8")).encode();
    GRANDPA.membership(GRANDPA_STATE, new Claim(state, input, input), new Budget(UNITS));
    GRANDPA.nonMembership(GRANDPA_STATE, state, input, new Budget(UNITS));
    BEEFY.membership(BEEFY_STATE, new Claim(head, input, input), new Budget(UNITS));
  }

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void grandpaClaims(byte[] data) {
    FUZZED_GRANDPA.claim(Bytes.of(data));
  }

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void beefyClaims(byte[] data) {
    FUZZED_BEEFY.claim(Bytes.of(data));
  }
}
