package dev.trestle.lightclient.corda;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.x509.CertificatePath;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.contract.FuzzSeeds;
import dev.trestle.lightclient.contract.FuzzedClient;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * Whatever comes in, a decoder answers or throws {@link DecodeException}, what it reads it writes
 * back byte for byte, and the client gives a verdict. A normal test run replays the corpus; {@code
 * light-clients/fuzz/run} fuzzes.
 */
class CordaFuzzTest {
  private static final String DURATION = "1h";
  private static final long EXECUTIONS = 10_000_000;
  private static final long UNITS = 1_000_000;
  private static final FuzzedClient FUZZED =
      new FuzzedClient(new CordaFamily().client(), CordaContractTest.NETWORK.scenario());
  private static final LightClient CLIENT = new CordaFamily().client();
  private static final ClientView STATE = CordaFormats.state();

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
    FuzzSeeds.check(CordaFuzzTest.class, FUZZED.claimSeeds("claims"));
  }

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void anchors(byte[] data) {
    Bytes input = Bytes.of(data);
    same(input, decoded(() -> CordaAnchor.decode(input).encode()));
    CLIENT.initialize(input, new Budget(UNITS));
  }

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void keys(byte[] data) {
    Bytes input = Bytes.of(data);
    decoded(() -> CordaKey.decode(input))
        .ifPresent(
            key -> {
              if (key.isFulfilledBy(java.util.Set.of())) {
                throw new AssertionError("a key that nobody must sign for: " + input);
              }
            });
  }

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void messages(byte[] data) {
    Bytes input = Bytes.of(data);
    CLIENT.verify(STATE, input, new Budget(UNITS), CordaNetwork.NOW);
    CLIENT.checkMisbehaviour(STATE, input, new Budget(UNITS), CordaNetwork.NOW);
    same(
        input,
        decoded(() -> Messages.decode(input, CordaEvidence::read)).map(CordaEvidence::encode));
  }

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void transactions(byte[] data) {
    Bytes input = Bytes.of(data);
    same(input, decoded(() -> NotarisedTransaction.decode(input).encode()));
    same(
        input,
        decoded(() -> CanonicalReader.decode(input, PartialTree::read))
            .map(
                tree -> {
                  CanonicalWriter out = new CanonicalWriter();
                  tree.write(out);
                  return out.toBytes();
                }));
  }

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void proofs(byte[] data) {
    Bytes input = Bytes.of(data);
    same(input, decoded(() -> ComponentProof.decode(input).encode()));
    same(input, decoded(() -> ComponentPath.decode(input).encode()));
    Bytes path = new ComponentPath(Hash32.ZERO, 1, 0).encode();
    CLIENT.membership(STATE, new Claim(path, input, input), new Budget(UNITS));
    CLIENT.nonMembership(STATE, path, input, new Budget(UNITS));
  }

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void claims(byte[] data) {
    FUZZED.claim(Bytes.of(data));
  }

  /** Attestations of nodes, as Weaver carries them. */
  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void nodeViews(byte[] data) {
    Bytes input = Bytes.of(data);
    CertificatePath.Authorities nobody =
        new CertificatePath.Authorities(List.of(), List.of(), List.of());
    decoded(() -> NodeView.decode(input))
        .ifPresent(
            view -> {
              if (view.verify(nobody, CordaNetwork.NOW, new Budget(UNITS)).isAccepted()) {
                throw new AssertionError("a view that nobody certified: " + input);
              }
            });
  }
}
