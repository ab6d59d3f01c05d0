package dev.trestle.lightclient.bitcoin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import dev.trestle.lightclient.bitcoin.tx.WireReader;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Those cases of summa-tx/bitcoin-spv that are about what we do: proofs, headers, work, hashes. */
class BitcoinSpvVectorsTest {
  private static final JsonNode FILE = Vectors.json("bitcoin/spv/bitcoin-spv-testVectors.json");
  private static final JsonNode PROOFS = Vectors.json("bitcoin/spv/bitcoin-spv-testProofs.json");

  private static List<Hash32> cut(Bytes joined) {
    List<Hash32> out = new ArrayList<>();
    for (int at = 0; at + 32 <= joined.size(); at += 32) {
      out.add(new Hash32(joined.slice(at, at + 32)));
    }
    return out;
  }

  private static boolean isProved(JsonNode proof) {
    Bytes raw =
        Bytes.concat(
            Vectors.hex(proof.get("version")),
            Vectors.hex(proof.get("vin")),
            Vectors.hex(proof.get("vout")),
            Vectors.hex(proof.get("locktime")));
    BlockHeader header = BlockHeader.of(Vectors.hex(proof.get("confirming_header").get("raw")));
    return BitcoinTransaction.parse(raw)
            instanceof Verdict.Accepted<BitcoinTransaction>(BitcoinTransaction transaction)
        && transaction.txId().bytes().equals(Vectors.hex(proof.get("tx_id")))
        && new MerkleBranch(
                proof.get("index").asLong(), cut(Vectors.hex(proof.get("intermediate_nodes"))))
            .verify(header.merkleRoot(), transaction.txId(), OptionalLong.empty())
            .isAccepted();
  }

  @Test
  void wholeProofs() {
    int count = 0;
    for (JsonNode each : PROOFS.get("valid")) {
      assertThat(isProved(Vectors.parse(each.asString()))).isTrue();
      count++;
    }
    for (JsonNode each : PROOFS.get("badSPVProofs")) {
      assertThat(isProved(each.get("proof"))).as(each.get("comment").asString()).isFalse();
      count++;
    }
    for (JsonNode each : PROOFS.get("validHeader")) {
      assertThat(isConsistent(Vectors.parse(each.asString()))).isTrue();
      count++;
    }
    for (JsonNode each : PROOFS.get("badHeaders")) {
      assertThat(isConsistent(each.get("header"))).as(each.get("comment").asString()).isFalse();
      count++;
    }
    Vectors.report("spv/bitcoin-spv-testProofs", count);
    assertThat(count).isEqualTo(9);
  }

  private static boolean isConsistent(JsonNode node) {
    BlockHeader header = BlockHeader.of(Vectors.hex(node.get("raw")));
    return header.id().bytes().equals(Vectors.hex(node.get("hash")))
        && header.previous().bytes().equals(Vectors.hex(node.get("prevhash")))
        && header.merkleRoot().bytes().equals(Vectors.hex(node.get("merkle_root")));
  }

  @Test
  void merkleBranches() {
    int count = 0;
    for (JsonNode each : FILE.get("verifyHash256Merkle")) {
      // first element is the leaf, last one the root
      List<Hash32> all = cut(Vectors.hex(each.get("input").get("proof")));
      boolean whole = Vectors.hex(each.get("input").get("proof")).size() % 32 == 0;
      boolean accepted =
          whole
              && !all.isEmpty()
              && all.size() != 2
              && new MerkleBranch(
                      each.get("input").get("index").asLong(),
                      all.size() == 1 ? List.of() : all.subList(1, all.size() - 1))
                  .verify(all.getLast(), all.getFirst(), OptionalLong.empty())
                  .isAccepted();
      assertThat(accepted).as(each.toString()).isEqualTo(each.get("output").asBoolean());
      count++;
    }
    for (JsonNode each : FILE.get("prove")) {
      JsonNode input = each.get("input");
      boolean accepted =
          new MerkleBranch(input.get("index").asLong(), cut(Vectors.hex(input.get("proof"))))
              .verify(
                  new Hash32(Vectors.hex(input.get("merkleRootLE"))),
                  new Hash32(Vectors.hex(input.get("txIdLE"))),
                  OptionalLong.empty())
              .isAccepted();
      assertThat(accepted).as(each.toString()).isEqualTo(each.get("output").asBoolean());
      count++;
    }
    Vectors.report("bitcoin-spv merkle branches", count);
  }

  @Test
  void hashesTargetsAndWork() {
    int count = 0;
    for (JsonNode each : FILE.get("hash256")) {
      assertThat(Digests.sha256d(Vectors.hex(each.get("input"))).bytes())
          .isEqualTo(Vectors.hex(each.get("output")));
      count++;
    }
    for (JsonNode each : FILE.get("hash160")) {
      assertThat(Digests.hash160(Vectors.hex(each.get("input"))))
          .isEqualTo(Vectors.hex(each.get("output")));
      count++;
    }
    for (JsonNode each : FILE.get("extractTarget")) {
      BlockHeader header = BlockHeader.of(Vectors.hex(each.get("input")));
      assertThat(CompactTarget.decode(header.bits()))
          .contains(new BigInteger(1, Vectors.hex(each.get("output")).toArray()));
      count++;
    }
    for (JsonNode each : FILE.get("workHash")) {
      assertThat(BlockHeader.of(Vectors.hex(each.get("input"))).id().bytes())
          .isEqualTo(Vectors.hex(each.get("output")));
      count++;
    }
    for (JsonNode each : FILE.get("extractTimestamp")) {
      assertThat(BlockHeader.of(Vectors.hex(each.get("input"))).time())
          .isEqualTo(each.get("output").asLong());
      count++;
    }
    Vectors.report("bitcoin-spv hashes and header fields", count);
  }

  @Test
  void retargets() {
    DifficultyRule rule = new DifficultyRule(BitcoinNetworks.BITCOIN_MAINNET.difficulty());
    int count = 0;
    for (JsonNode each : FILE.get("retargetAlgorithm")) {
      JsonNode headers = each.get("input");
      long span =
          headers.get(1).get("timestamp").asLong() - headers.get(0).get("timestamp").asLong();
      BlockHeader first = BlockHeader.of(Vectors.hex(headers.get(0).get("hex")));
      BlockHeader next = BlockHeader.of(Vectors.hex(headers.get(2).get("hex")));
      assertThat(rule.retarget(first.bits(), span)).isEqualTo(next.bits());
      count++;
    }
    Vectors.report("bitcoin-spv retargets", count);
  }

  @Test
  void compactSizes() {
    int count = 0;
    for (JsonNode each : FILE.get("parseVarInt")) {
      WireReader in = new WireReader(Vectors.hex(each.get("input")));
      if (each.has("solidityError")) {
        assertThat(refuses(in)).as("not in its shortest form").isTrue();
      } else {
        assertThat((long) in.compactSize(Integer.MAX_VALUE))
            .isEqualTo(each.get("output").get(1).asLong());
      }
      count++;
    }
    for (JsonNode each : FILE.get("parseVarIntError")) {
      WireReader in = new WireReader(Vectors.hex(each.get("input")));
      assertThat(refuses(in)).as(each.toString()).isTrue();
      count++;
    }
    Vectors.report("bitcoin-spv compact sizes", count);
  }

  private static boolean refuses(WireReader in) {
    try {
      in.compactSize(Integer.MAX_VALUE);
      return false;
    } catch (DecodeException refused) {
      return true;
    }
  }
}
