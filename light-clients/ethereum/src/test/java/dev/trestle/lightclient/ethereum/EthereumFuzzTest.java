package dev.trestle.lightclient.ethereum;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.contract.FuzzSeeds;
import dev.trestle.lightclient.contract.FuzzedClient;
import dev.trestle.lightclient.evm.EvmFixture;
import dev.trestle.lightclient.evm.EvmPath;
import dev.trestle.lightclient.evm.EvmProof;
import dev.trestle.proofs.Rlp;
import dev.trestle.proofs.evm.EvmAccount;
import dev.trestle.proofs.evm.EvmHeader;
import dev.trestle.proofs.evm.EvmReceipt;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * Whatever comes in, a decoder answers or throws {@link DecodeException}, what it reads it writes
 * back byte for byte, and the client gives a verdict. A normal test run replays the corpus; {@code
 * light-clients/fuzz/run} fuzzes.
 */
class EthereumFuzzTest {
  private static final String DURATION = "1h";
  private static final long EXECUTIONS = 10_000_000;
  private static final long UNITS = 1_000_000;
  private static final FuzzedClient FUZZED =
      new FuzzedClient(
          new EthereumFamily().client(),
          new EthereumContractTest().scenario(),
          EvmFixture::isTrueLog);
  private static final long NOW = BeaconFixture.GENESIS_TIME + 12 * 120;
  private static final LightClient CLIENT = new EthereumFamily().client();
  private static final BeaconFixture CHAIN =
      new BeaconFixture(BeaconFixture.at(Preset.MINIMAL, BeaconFork.ELECTRA), "fuzz");
  private static final ClientView STATE = state();

  private static ClientView state() {
    Bytes anchor = CHAIN.anchor(72, Profile.BRIDGE, 1_000_000).encode();
    ClientView first =
        CLIENT.initialize(anchor, new Budget(UNITS)).orThrow().over(key -> Optional.empty());
    Bytes update = CHAIN.plan(88).finalizing(80).withCommittee().message();
    return CLIENT
        .apply(first, CLIENT.verify(first, update, new Budget(UNITS), NOW).orThrow())
        .over(first);
  }

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
    FuzzSeeds.check(EthereumFuzzTest.class, FUZZED.claimSeeds("claims"));
  }

  /** The first two bytes choose fork and kind. */
  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void updates(byte[] data) {
    if (data.length < 2) {
      return;
    }
    BeaconFork fork = BeaconFork.byCode(Math.floorMod(data[0], 8));
    LightClientUpdate.Kind kind =
        EthereumMessage.Kind.byCode(1 + Math.floorMod(data[1], 3)).update();
    Bytes input = Bytes.of(data).slice(2, data.length);
    same(
        input,
        decoded(() -> LightClientUpdate.decode(input, fork, Preset.MINIMAL, kind).encode(kind)));
    same(input, decoded(() -> LightClientBootstrap.decode(input, fork, Preset.MINIMAL).encode()));
  }

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void anchors(byte[] data) {
    Bytes input = Bytes.of(data);
    same(input, decoded(() -> EthereumAnchor.decode(input).encode()));
    CLIENT.initialize(input, new Budget(UNITS));
  }

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void messages(byte[] data) {
    Bytes input = Bytes.of(data);
    same(input, decoded(() -> EthereumMessage.decode(input, Preset.MINIMAL).encode()));
    CLIENT.verify(STATE, input, new Budget(UNITS), NOW);
    CLIENT.checkMisbehaviour(STATE, input, new Budget(UNITS), NOW);
  }

  /** Two bytes of length before path and value; the rest is the proof. */
  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void claims(byte[] data) {
    if (data.length < 4) {
      return;
    }
    Bytes input = Bytes.of(data);
    int pathSize = Math.min((data[0] & 0xff) << 8 | (data[1] & 0xff), data.length - 4);
    int valueSize = Math.min((data[2] & 0xff) << 8 | (data[3] & 0xff), data.length - 4 - pathSize);
    Bytes path = input.slice(4, 4 + pathSize);
    Bytes proof = input.slice(4 + pathSize + valueSize, data.length);
    FUZZED.claim(input);
    same(proof, decoded(() -> EvmProof.decode(proof).encode()));
    same(path, decoded(() -> EvmPath.decode(path).encode()));
  }

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void executionFormats(byte[] data) {
    Bytes input = Bytes.of(data);
    same(input, decoded(() -> Rlp.encode(Rlp.decode(input))));
    same(input, decoded(() -> EvmReceipt.decode(input).encode()));
    same(input, decoded(() -> EvmAccount.decode(input).encode()));
    decoded(() -> EvmHeader.decode(input));
  }
}
