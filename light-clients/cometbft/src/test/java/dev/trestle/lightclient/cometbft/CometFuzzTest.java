package dev.trestle.lightclient.cometbft;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.cometbft.json.CometJson;
import dev.trestle.lightclient.contract.FuzzInput;
import dev.trestle.lightclient.contract.FuzzSeeds;
import dev.trestle.lightclient.contract.FuzzedClient;
import dev.trestle.lightclient.vectors.VectorJson;
import dev.trestle.proofs.ics23.MerkleProof;
import java.io.IOException;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;

/**
 * Whatever comes in, a decoder answers or throws {@link DecodeException}, what it reads it writes
 * back byte for byte, and the client gives a verdict. A normal test run replays the corpus; {@code
 * light-clients/fuzz/run} fuzzes.
 */
class CometFuzzTest {
  private static final String DURATION = "1h";
  private static final long EXECUTIONS = 10_000_000;
  private static final long UNITS = 1_000_000;
  private static final FuzzedClient CLIENT =
      new FuzzedClient(new CometFamily().client(), CometContractTest.RUN.scenario());

  @Test
  void seedsAreOfTodaysFormats() throws IOException {
    SortedMap<String, Bytes> seeds = CLIENT.seeds();
    seeds.put("headers/header", CometContractTest.RUN.start.encode());
    seeds.put("headers/update", CometContractTest.RUN.update(1, 0).encode());
    seeds.put(
        "json/header",
        Bytes.utf8(
            "{\"header\":{\"version\":{\"block\":\"11\"},\"chain_id\":\"hub-4\",\"height\":\"1\","
                + "\"time\":\"2026-01-01T00:00:00.5Z\",\"last_block_id\":{\"hash\":\"\",\"parts\":"
                + "{\"total\":0,\"hash\":\"\"}},\"validators_hash\":\"00\"},\"commit\":{\"height\":"
                + "\"1\",\"round\":0,\"block_id\":null,\"signatures\":[]}}"));
    FuzzSeeds.check(CometFuzzTest.class, seeds);
  }

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void anchors(byte[] data) {
    Bytes input = Bytes.of(data);
    FuzzInput.canonical(input, CometAnchor::decode, CometAnchor::encode);
    CLIENT.anchor(input);
  }

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void messages(byte[] data) {
    CLIENT.message(Bytes.of(data));
  }

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void claims(byte[] data) {
    Bytes input = Bytes.of(data);
    FuzzInput.canonical(input, StorePath::decode, StorePath::encode);
    FuzzInput.canonical(input, MerkleProof::decode, MerkleProof::encode);
    CLIENT.claim(input);
  }

  /** Headers, and headers with their commit and sets: proposer and total power may be left out. */
  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void headers(byte[] data) {
    Bytes input = Bytes.of(data);
    FuzzInput.canonical(input, Header::decode, Header::encode).ifPresent(Header::hash);
    FuzzInput.decoded(() -> UpdateHeader.decode(input))
        .ifPresent(
            header -> {
              header.validators().hash();
              if (!UpdateHeader.decode(header.encode()).equals(header)) {
                throw new AssertionError("another header when written: " + input);
              }
            });
    CometMessages.decodeUpdate(input, new Budget(UNITS));
    CometMessages.decodeEvidence(input, new Budget(UNITS));
  }

  /** CometBFT's JSON, as nodes and vector files have it. */
  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void json(byte[] data) {
    FuzzInput.decoded(() -> VectorJson.parse(Bytes.of(data)))
        .ifPresent(
            node -> {
              FuzzInput.decoded(() -> CometJson.lightBlock(node));
              FuzzInput.decoded(() -> CometJson.signedHeader(node));
            });
  }
}
