package dev.trestle.lightclient.bitcoin.script;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.SecretKey;
import dev.trestle.lightclient.bitcoin.Oracle;
import dev.trestle.lightclient.bitcoin.Vectors;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import dev.trestle.lightclient.bitcoin.tx.TxOutput;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Hash-time-lock spends: our bytes, our digests, the oracle's verdict. */
class HtlcVectorsTest {
  @Test
  void everySpendIsReadHashedAndJudged() {
    JsonNode cases = Vectors.json("htlc/htlc-spend-vectors.json");
    int digests = 0;
    for (JsonNode each : cases) {
      String name = each.get("name").asString();
      Bytes raw = Vectors.hex(each.get("tx"));
      BitcoinTransaction transaction = BitcoinTransaction.parse(raw).orThrow();
      assertThat(transaction.serialize()).as(name).isEqualTo(raw);
      assertThat(transaction.txId().toReversedHex()).isEqualTo(each.get("txid").asString());
      assertThat(transaction.weight()).isEqualTo(each.get("weight").asLong());
      assertThat(transaction.virtualSize()).isEqualTo(each.get("vsize").asLong());
      Bytes script = Vectors.hex(each.get("prevout_spk"));
      long value = each.get("prevout_value").asLong();
      List<TxOutput> spent = List.of(new TxOutput(value, script));
      assertThat(Oracle.spends(raw, spent))
          .as(name)
          .isEqualTo(each.get("consensus_valid").asBoolean());
      if (each.has("witness_script")) {
        Bytes witnessScript = Vectors.hex(each.get("witness_script"));
        assertThat(OutputScript.p2wsh(witnessScript)).isEqualTo(script);
        assertThat(SigHash.witnessV0(transaction, 0, witnessScript, value))
            .isEqualTo(Oracle.witnessV0(raw, 0, witnessScript, value));
        digests++;
      } else {
        digests += checkTaproot(each, transaction, spent);
      }
    }
    Vectors.report("htlc-spend-vectors", cases.size());
    assertThat(digests).isEqualTo(10);
  }

  private static int checkTaproot(
      JsonNode each, BitcoinTransaction transaction, List<TxOutput> spent) {
    TapTree.Leaf claim = TapTree.Leaf.of(Vectors.hex(each.get("claim_leaf")));
    TapTree.Leaf refund = TapTree.Leaf.of(Vectors.hex(each.get("refund_leaf")));
    TapTree tree = new TapTree.Branch(claim, refund);
    assertThat(tree.hash().toHex()).isEqualTo(each.get("merkle_root").asString());
    TaprootOutput output =
        TaprootOutput.of(new Hash32(Vectors.hex(each.get("internal_key"))), Optional.of(tree));
    assertThat(output.script()).isEqualTo(spent.getFirst().script());
    if (!each.has("sighash")) {
      return 0;
    }
    String name = each.get("name").asString();
    Hash32 digest =
        name.contains("keypath")
            ? SigHash.taprootKeyPath(transaction, 0, spent, SigHash.Taproot.DEFAULT)
            : SigHash.taprootScriptPath(
                transaction,
                0,
                spent,
                SigHash.Taproot.DEFAULT,
                name.contains("claim") ? claim : refund);
    assertThat(digest.toHex()).as(name).isEqualTo(each.get("sighash").asString());
    return 1;
  }

  /** The 97-byte script of BIP-199 with a 32-byte secret, as the vectors have it. */
  @Test
  void theBuilderGivesTheBytesOfTheVector() {
    JsonNode each = Vectors.json("htlc/htlc-spend-vectors.json").get(0);
    Bytes claim = publicKeyHash(each.get("claim_privkey"));
    Bytes refund = publicKeyHash(each.get("refund_privkey"));
    Bytes script =
        new ScriptBuilder()
            .op(Opcode.OP_IF)
            .op(Opcode.OP_SIZE)
            .number(32)
            .op(Opcode.OP_EQUALVERIFY)
            .op(Opcode.OP_SHA256)
            .push(Vectors.hex(each.get("sha256_hash")))
            .op(Opcode.OP_EQUALVERIFY)
            .op(Opcode.OP_DUP)
            .op(Opcode.OP_HASH160)
            .push(claim)
            .op(Opcode.OP_ELSE)
            .number(each.get("locktime").asLong())
            .op(Opcode.OP_CHECKLOCKTIMEVERIFY)
            .op(Opcode.OP_DROP)
            .op(Opcode.OP_DUP)
            .op(Opcode.OP_HASH160)
            .push(refund)
            .op(Opcode.OP_ENDIF)
            .op(Opcode.OP_EQUALVERIFY)
            .op(Opcode.OP_CHECKSIG)
            .build();
    assertThat(script).isEqualTo(Vectors.hex(each.get("witness_script")));
    assertThat(script.size()).isEqualTo(97);
  }

  private static Bytes publicKeyHash(JsonNode secret) {
    return Digests.hash160(SecretKey.of(Vectors.hex(secret)).publicKey().compressed());
  }
}
