package dev.trestle.lightclient;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.contract.FuzzInput;
import dev.trestle.lightclient.evm.BridgeMessages;
import dev.trestle.lightclient.evm.EvmProof;
import dev.trestle.lightclient.packet.Packet;
import dev.trestle.lightclient.packet.TransferPayload;
import dev.trestle.lightclient.vectors.FileReport;
import dev.trestle.lightclient.vectors.VectorFile;
import dev.trestle.lightclient.vectors.VectorJson;
import dev.trestle.lightclient.vectors.VectorVerifier;
import java.util.List;
import java.util.Optional;

/**
 * Whatever comes in, a decoder answers or throws {@link DecodeException}, and what it reads it
 * writes back byte for byte. A normal test run replays the corpus; {@code light-clients/fuzz/run}
 * fuzzes.
 */
class CoreFuzzTest {
  private static final String DURATION = "1h";
  private static final long EXECUTIONS = 10_000_000;

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void packets(byte[] data) {
    Bytes input = Bytes.of(data);
    FuzzInput.canonical(input, Packet::decode, Packet::encode).ifPresent(Packet::id);
    FuzzInput.canonical(input, TransferPayload::decode, TransferPayload::encode);
    FuzzInput.decoded(() -> CanonicalReader.decode(input, Claim::read));
  }

  /** Logs of the bridge contract: whatever an event holds, reading it gives a verdict. */
  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void evm(byte[] data) {
    Bytes input = Bytes.of(data);
    FuzzInput.canonical(input, EvmProof::decode, EvmProof::encode);
    HeaderRef block = new HeaderRef(1, Hash32.ZERO, 1);
    new BridgeMessages()
        .read(
            new ProvenFact(Bytes.EMPTY, input, block, 1),
            input.slice(0, Math.min(20, input.size())));
  }

  /** A vector file of no family: JSON or not, it is told apart and never throws. */
  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void vectorFiles(byte[] data) {
    Bytes input = Bytes.of(data);
    FuzzInput.decoded(() -> VectorJson.parse(input));
    VectorFile file = new VectorFile("folder/a.json", input, name -> Optional.empty());
    FuzzInput.decoded(file::text);
    if (!(new VectorVerifier(List.of()).verify(file) instanceof FileReport.Unknown)) {
      throw new AssertionError("a file of a family without formats: " + input);
    }
  }
}
