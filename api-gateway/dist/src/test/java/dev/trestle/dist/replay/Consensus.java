package dev.trestle.dist.replay;

import static dev.trestle.dist.replay.Context.MEMBERS;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import dev.trestle.proofs.MerkleTree;
import dev.trestle.relay.consensus.CommitCertificate;
import dev.trestle.relay.consensus.Evidence;
import dev.trestle.relay.consensus.PreparedCertificate;
import dev.trestle.relay.consensus.RelayHeader;
import dev.trestle.relay.consensus.SignatureList;
import dev.trestle.relay.consensus.SignedStatement;
import dev.trestle.relay.consensus.Statement;
import dev.trestle.relay.consensus.StatementKind;
import dev.trestle.relay.consensus.Validator;
import dev.trestle.relay.verifier.ReceiptBundle;
import dev.trestle.relay.verifier.RelayChainClient;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** What validators sign. */
final class Consensus {
  private static final int ROUND = 2;
  private static final int PREPARED = 1;

  private Consensus() {}

  private static Statement statement(StatementKind kind, Context c) {
    return switch (kind) {
      case ROUND_CHANGE -> Statement.roundChange(c.count(), ROUND, PREPARED, c.subject());
      case PROPOSAL -> Statement.proposal(c.count(), ROUND, c.subject());
      case PREPARE -> Statement.prepare(c.count(), ROUND, c.subject());
      case COMMIT -> Statement.commit(c.count(), ROUND, c.subject());
    };
  }

  static SignedObject statement(StatementKind kind) {
    return SignedObject.of("statement: " + kind, c -> statement(kind, c).digest(c.hubId()))
        .checkedBy(
            (signed, presented) ->
                isSigned(statement(kind, signed), signed, statement(kind, presented), presented));
  }

  private static boolean isSigned(
      Statement original, Context signed, Statement claimed, Context presented) {
    EcdsaSignature signature =
        Secp256k1.instance().signEcdsa(original.digest(signed.hubId()), signed.key());
    return presented.validators().indexOf(signed.address()).isPresent()
        && new SignedStatement(claimed, signed.address(), signature).isSigned(presented.hubId());
  }

  private static SignatureList signatures(Statement statement, Context c) {
    return new SignatureList(
        MEMBERS,
        IntStream.range(0, MEMBERS).boxed().toList(),
        SignedObjects.signatures(c.keys(), statement.digest(c.hubId())));
  }

  static SignedObject commitCertificate() {
    return SignedObject.of(
        "commit certificate",
        (signed, presented) ->
            new CommitCertificate(
                    presented.count(),
                    ROUND,
                    presented.subject(),
                    signatures(statement(StatementKind.COMMIT, signed), signed))
                .verify(presented.validators(), presented.hubId())
                .isAccepted());
  }

  static SignedObject preparedCertificate() {
    return SignedObject.of(
        "prepared certificate",
        (signed, presented) ->
            new PreparedCertificate(
                    presented.count(),
                    ROUND,
                    presented.subject(),
                    signatures(statement(StatementKind.PREPARE, signed), signed))
                .verify(presented.validators(), presented.hubId())
                .isAccepted());
  }

  /** Two prepares of one round for two blocks. */
  static SignedObject evidence() {
    return SignedObject.of(
        "evidence",
        (signed, presented) -> {
          Evidence found =
              new Evidence(
                  prepared(signed, signed.subject(), presented, presented.subject()),
                  prepared(signed, signed.policyHash(), presented, presented.policyHash()));
          return presented.validators().indexOf(found.offender()).isPresent()
              && found.verify(presented.hubId()).isAccepted();
        });
  }

  private static SignedStatement prepared(
      Context signed, Hash32 block, Context presented, Hash32 claimed) {
    SecretKey key = signed.key();
    Hash32 digest = Statement.prepare(signed.count(), ROUND, block).digest(signed.hubId());
    return new SignedStatement(
        Statement.prepare(presented.count(), ROUND, claimed),
        signed.address(),
        Secp256k1.instance().signEcdsa(digest, key));
  }

  /** A receipt of a packet, held against another chain, era or packet. */
  static SignedObject receipt() {
    return SignedObject.of(
        "receipt",
        (signed, presented) ->
            RelayChainClient.trusting(
                    presented.hubId(),
                    new RelayChainClient.Era(
                        presented.epochNumber(),
                        1,
                        presented.validators().members().stream().map(Validator::address).toList()))
                .then(client -> bundle(signed, presented).verify(client))
                .isAccepted());
  }

  private static ReceiptBundle bundle(Context signed, Context claimed) {
    Bytes certificate = certificate(header(signed), signed).encode();
    return new ReceiptBundle(
        List.of(),
        header(signed).encode(),
        certificate,
        Optional.empty(),
        new ReceiptBundle.Claim.Packet(claimed.subject(), 0, 1, List.of()));
  }

  private static CommitCertificate certificate(RelayHeader header, Context c) {
    Statement commit = Statement.commit(header.height(), 0, header.id());
    return new CommitCertificate(header.height(), 0, header.id(), signatures(commit, c));
  }

  private static RelayHeader header(Context c) {
    Hash32 set = c.validators().hash();
    return new RelayHeader(
        c.hubId(),
        c.count(),
        9,
        Hash32.ZERO,
        c.epochNumber(),
        set,
        set,
        Hash32.ZERO,
        Hash32.ZERO,
        MerkleTree.ofHashes(List.of(c.subject())).root(),
        Hash32.ZERO,
        Hash32.ZERO,
        Hash32.ZERO,
        c.address());
  }
}
