package dev.trestle.dist.follow;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.base.Hash32;
import dev.trestle.cli.CliException;
import dev.trestle.cli.Failures;
import dev.trestle.lightclient.cometbft.Header;
import dev.trestle.lightclient.cometbft.SignedHeader;
import dev.trestle.lightclient.cometbft.Validator;
import dev.trestle.lightclient.cometbft.ValidatorSet;
import dev.trestle.lightclient.cometbft.json.CometJson;
import dev.trestle.lightclient.vectors.VectorJson;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** The RPC of a CometBFT 0.34 to 0.38 node (specification "RPC"): GET with query parameters. */
final class CometNode implements CometSource {
  /** Validators in one answer: the most that a node gives. */
  private static final int PAGE = 100;

  private final NodeHttp http;

  CometNode(NodeHttp http) {
    this.http = http;
  }

  /** The chain's id as the node states it. */
  String chainId() {
    JsonNode status = result("status");
    return NodeHttp.wellFormed(
        () -> VectorJson.text(VectorJson.field(status, "node_info"), "network"));
  }

  @Override
  public long latest() {
    JsonNode status = result("status");
    return NodeHttp.wellFormed(
        () -> VectorJson.number(VectorJson.field(status, "sync_info"), "latest_block_height"));
  }

  @Override
  public SignedHeader signedHeader(long height) {
    JsonNode answer = result("commit?height=" + height);
    return NodeHttp.wellFormed(
        () -> CometJson.signedHeader(VectorJson.field(answer, "signed_header")));
  }

  @Override
  public ValidatorSet validators(long height) {
    List<Validator> all = new ArrayList<>();
    long total;
    int page = 1;
    do {
      JsonNode answer =
          result("validators?height=" + height + "&per_page=" + PAGE + "&page=" + page);
      List<Validator> some =
          NodeHttp.wellFormed(
              () -> CometJson.validators(VectorJson.field(answer, "validators")).validators());
      total = NodeHttp.wellFormed(() -> VectorJson.number(answer, "total"));
      all.addAll(some);
      page++;
    } while (all.size() < total && page <= 1 + ValidatorSet.MAX_VALIDATORS / PAGE);
    return NodeHttp.wellFormed(() -> CometJson.checked(() -> new ValidatorSet(all)));
  }

  /**
   * The header with this hash; the hash is computed, not believed.
   *
   * @throws AdapterException {@code not-found} when the node does not have it
   * @throws CliException {@code trusted-hash} when it gives another header
   */
  Header header(Hash32 hash) {
    JsonNode answer = result("header_by_hash?hash=0x" + hash.toHex());
    JsonNode header =
        VectorJson.optional(answer, "header")
            .orElseThrow(
                () ->
                    new AdapterException(
                        AdapterError.NOT_FOUND, "the node has no block " + hash.toHex()));
    Header found = NodeHttp.wellFormed(() -> CometJson.header(header));
    if (!found.hash().equals(hash)) {
      throw new CliException(
          "trusted-hash", Failures.VERIFICATION, "the node gives the block " + found.hash());
    }
    return found;
  }

  private JsonNode result(String question) {
    JsonNode answer =
        http.get(question)
            .orElseThrow(
                () ->
                    new AdapterException(
                        AdapterError.NODE_ERROR, "the node knows no /" + question));
    return NodeHttp.wellFormed(() -> VectorJson.field(answer, "result"));
  }
}
