package dev.trestle.lightclient.fabric.vectors;

import dev.trestle.base.Bytes;
import dev.trestle.crypto.x509.X509Certificate;
import dev.trestle.lightclient.fabric.protos.Block;
import dev.trestle.lightclient.fabric.protos.BlockSignatures;
import dev.trestle.lightclient.fabric.protos.EndorsedAction;
import dev.trestle.lightclient.fabric.protos.Envelope;
import dev.trestle.lightclient.fabric.protos.SerializedIdentity;
import dev.trestle.lightclient.fabric.protos.SignatureHeader;
import dev.trestle.lightclient.vectors.VectorJson;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Compares what a file says of a block that was verified with what stands in it. */
final class BlockFacts {
  private final JsonNode said;
  private final List<String> wrong = new ArrayList<>();

  BlockFacts(JsonNode said) {
    this.said = said;
  }

  List<String> differences(Block block) {
    number(said, "number", block.header().number());
    hex(said, "previous_hash", block.header().previousHash());
    hex(said, "data_hash", block.header().dataHash());
    hex(said, "block_hash", block.header().hash().bytes());
    hex(said, "tx_filter", block.validationCodes());
    number(said, "n_tx", block.data().size());
    truth(said, "data_hash_ok");
    if (said.has("orderer_signatures")) {
      signatures(block);
    }
    if (said.has("txs")) {
      List<JsonNode> transactions = VectorJson.list(said, "txs");
      compare("txs", transactions.size() == block.data().size());
      for (int i = 0; i < Math.min(transactions.size(), block.data().size()); i++) {
        transaction(transactions.get(i), Envelope.decode(block.data().get(i)));
      }
    }
    return List.copyOf(wrong);
  }

  private void signatures(Block block) {
    List<JsonNode> listed = VectorJson.list(said, "orderer_signatures");
    var signatures = BlockSignatures.decode(block.signatures()).signatures();
    compare("orderer_signatures", listed.size() == signatures.size());
    for (int i = 0; i < Math.min(listed.size(), signatures.size()); i++) {
      Bytes creator = SignatureHeader.decode(signatures.get(i).signatureHeader()).creator();
      member(listed.get(i), "msp", creator);
      certificate(listed.get(i), creator);
      truth(listed.get(i), "ok");
      truth(listed.get(i), "low_s");
    }
  }

  private void transaction(JsonNode listed, Envelope envelope) {
    EndorsedAction action = EndorsedAction.decode(envelope.data());
    number(listed, "type", envelope.channel().type());
    String id = envelope.channel().transactionId();
    compare("tx_id", !listed.has("tx_id") || VectorJson.digits(listed, "tx_id").equals(id));
    text(listed, "channel", envelope.channel().channel());
    text(listed, "chaincode", action.response().chaincode());
    number(listed, "response_status", action.response().status());
    hex(listed, "proposal_hash", action.response().proposalHash());
    member(listed, "creator_msp", envelope.creator().creator());
    truth(listed, "creator_sig_ok");
    truth(listed, "tx_id_ok");
    truth(listed, "proposal_hash_ok");
    if (listed.has("endorsements")) {
      List<JsonNode> endorsements = VectorJson.list(listed, "endorsements");
      compare("endorsements", endorsements.size() == action.endorsements().size());
      for (int i = 0; i < Math.min(endorsements.size(), action.endorsements().size()); i++) {
        member(endorsements.get(i), "msp", action.endorsements().get(i).endorser());
        certificate(endorsements.get(i), action.endorsements().get(i).endorser());
        truth(endorsements.get(i), "ok");
      }
    }
  }

  private void member(JsonNode node, String name, Bytes creator) {
    text(node, name, SerializedIdentity.decode(creator).msp());
  }

  private void certificate(JsonNode node, Bytes creator) {
    if (node.has("cert")) {
      compare(
          "cert",
          VectorAuthorities.certificate(VectorJson.text(node, "cert"))
              .equals(X509Certificate.decode(SerializedIdentity.decode(creator).certificate())));
    }
  }

  private void number(JsonNode node, String name, long actual) {
    compare(name, !node.has(name) || VectorJson.number(node, name) == actual);
  }

  private void text(JsonNode node, String name, String actual) {
    compare(name, !node.has(name) || VectorJson.text(node, name).equals(actual));
  }

  private void hex(JsonNode node, String name, Bytes actual) {
    compare(name, !node.has(name) || VectorJson.hex(node, name).equals(actual));
  }

  /** Everything was verified before: what the file denies is a difference. */
  private void truth(JsonNode node, String name) {
    compare(name, !node.has(name) || VectorJson.bool(node, name));
  }

  private void compare(String what, boolean right) {
    if (!right) {
      wrong.add(what);
    }
  }
}
