package dev.trestle.lightclient.cometbft;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Makes headers, commits and updates of a chain whose keys we have. */
record TestChain(String chainId) {
  static final long NOW = 1_700_000_000;
  static final long PERIOD = 100_000;
  static final long DRIFT = 10;
  private static final Bytes FILLER = Digests.sha256(Bytes.utf8("filler")).bytes();

  CometAnchor anchor(Header header) {
    return new CometAnchor(
        new TrustOptions(
            TrustLevel.ONE_THIRD, Duration.ofSeconds(PERIOD), Duration.ofSeconds(DRIFT)),
        Duration.ofSeconds(2 * PERIOD),
        header);
  }

  static Instant time(long height) {
    return Instant.ofEpochSecond(NOW - 10_000 + 6 * height);
  }

  Header header(long height, List<TestKey> own, List<TestKey> next, Hash32 appHash) {
    return header(height, time(height), own, next, appHash);
  }

  Header header(long height, Instant time, List<TestKey> own, List<TestKey> next, Hash32 appHash) {
    return new Header(
        11,
        1,
        chainId,
        height,
        time,
        new BlockId(FILLER, 1, FILLER),
        FILLER,
        FILLER,
        TestKey.set(own).hash().bytes(),
        TestKey.set(next).hash().bytes(),
        FILLER,
        appHash.bytes(),
        FILLER,
        FILLER,
        own.getFirst().validator().address());
  }

  /** Signed by all of {@code keys}, which are the header's validators. */
  SignedHeader signed(Header header, List<TestKey> keys) {
    return signed(header, keys, keys.size());
  }

  /** Signed by the first {@code signers} of {@code keys}; the others are absent. */
  SignedHeader signed(Header header, List<TestKey> keys, int signers) {
    Commit empty = commit(header, List.of());
    List<CommitSignature> entries = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      entries.add(i < signers ? vote(empty, keys.get(i), true) : CommitSignature.ABSENT);
    }
    return new SignedHeader(header, commit(header, entries));
  }

  static Commit commit(Header header, List<CommitSignature> entries) {
    BlockId id = new BlockId(header.hash().bytes(), 1, FILLER);
    return new Commit(header.height(), 0, id, entries);
  }

  /** A vote as it stands in {@code commit}. */
  CommitSignature vote(Commit commit, TestKey key, boolean forBlock) {
    CommitSignature unsigned =
        new CommitSignature(
            forBlock ? CommitSignature.Vote.COMMIT : CommitSignature.Vote.NIL,
            key.validator().address(),
            time(commit.height()).plusMillis(1_500),
            Bytes.EMPTY);
    return new CommitSignature(
        unsigned.vote(),
        unsigned.address(),
        unsigned.timestamp(),
        key.sign(CanonicalVote.of(chainId, commit, unsigned).signBytes()));
  }

  UpdateHeader update(
      SignedHeader signed, List<TestKey> own, long trusted, List<TestKey> trustedNext) {
    return new UpdateHeader(
        signed,
        TestKey.set(own),
        CometAnchor.revisionOf(chainId),
        trusted,
        TestKey.set(trustedNext));
  }
}
