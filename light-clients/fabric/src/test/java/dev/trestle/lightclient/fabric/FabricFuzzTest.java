package dev.trestle.lightclient.fabric;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.contract.FuzzSeeds;
import dev.trestle.lightclient.contract.FuzzedClient;
import dev.trestle.lightclient.fabric.msp.Msp;
import dev.trestle.lightclient.fabric.policy.SignaturePolicy;
import dev.trestle.lightclient.fabric.protos.Block;
import dev.trestle.lightclient.fabric.protos.BlockSignatures;
import dev.trestle.lightclient.fabric.protos.ChannelHeader;
import dev.trestle.lightclient.fabric.protos.ConfigGroup;
import dev.trestle.lightclient.fabric.protos.EndorsedAction;
import dev.trestle.lightclient.fabric.protos.Endorsement;
import dev.trestle.lightclient.fabric.protos.Envelope;
import dev.trestle.lightclient.fabric.protos.Invocation;
import dev.trestle.lightclient.fabric.protos.ProposalResponse;
import dev.trestle.lightclient.fabric.protos.ReadSet;
import dev.trestle.lightclient.fabric.protos.SerializedIdentity;
import dev.trestle.lightclient.fabric.protos.SignatureHeader;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * Whatever comes in, a decoder answers or throws {@link DecodeException}, what a canonical one
 * reads it writes back byte for byte, and the client gives a verdict. A normal test run replays the
 * corpus; {@code light-clients/fuzz/run} fuzzes.
 */
class FabricFuzzTest {
  private static final String DURATION = "1h";
  private static final long EXECUTIONS = 10_000_000;
  private static final long UNITS = 1_000_000;
  private static final FuzzedClient FUZZED =
      new FuzzedClient(new FabricFamily().client(), FabricContractTest.CHAIN.scenario());
  private static final LightClient CLIENT = new FabricFamily().client();
  private static final ClientView STATE = FabricFormats.state();

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
    FuzzSeeds.check(FabricFuzzTest.class, FUZZED.claimSeeds("claims"));
  }

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void anchors(byte[] data) {
    Bytes input = Bytes.of(data);
    same(input, decoded(() -> FabricAnchor.decode(input).encode()));
    CLIENT.initialize(input, new Budget(UNITS));
  }

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void messages(byte[] data) {
    Bytes input = Bytes.of(data);
    CLIENT.verify(STATE, input, new Budget(UNITS), FabricChain.NOW);
    CLIENT.checkMisbehaviour(STATE, input, new Budget(UNITS), FabricChain.NOW);
  }

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void objects(byte[] data) {
    Bytes input = Bytes.of(data);
    same(input, decoded(() -> Block.decodeCanonical(input).encode()));
    same(input, decoded(() -> BlockSignatures.decode(input).encode()));
    decoded(() -> ChannelConfig.decode(input));
    decoded(() -> ConfigGroup.decode(input).children());
    decoded(() -> Invocation.decode(input));
    decoded(() -> ReadSet.decode(input).atLeast());
  }

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void proofs(byte[] data) {
    Bytes input = Bytes.of(data);
    same(input, decoded(() -> EndorsedRead.decode(input).encode()));
    same(input, decoded(() -> FabricPath.decode(input).encode()));
    Bytes path = FabricChain.path(100, "packet/1");
    CLIENT.membership(STATE, new Claim(path, input, input), new Budget(UNITS));
    CLIENT.nonMembership(STATE, path, input, new Budget(UNITS));
  }

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void claims(byte[] data) {
    FUZZED.claim(Bytes.of(data));
  }

  /** What stands in configurations and transactions: policies, MSPs and the parts of envelopes. */
  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void policies(byte[] data) {
    Bytes input = Bytes.of(data);
    decoded(() -> SignaturePolicy.decode(input))
        .ifPresent(
            policy -> {
              if (policy.isMetBy(List.of())) {
                throw new AssertionError("a policy that nobody must sign for: " + input);
              }
            });
    decoded(() -> Msp.decode(input));
    decoded(() -> Envelope.decode(input));
    decoded(() -> ChannelHeader.decode(input));
    decoded(() -> SignatureHeader.decode(input));
    decoded(() -> SerializedIdentity.decode(input));
    decoded(() -> EndorsedAction.decode(input));
    decoded(() -> ProposalResponse.decode(input));
    decoded(() -> Endorsement.decode(input));
  }
}
