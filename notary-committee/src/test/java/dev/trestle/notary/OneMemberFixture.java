package dev.trestle.notary;

import dev.trestle.base.Amount;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** One member with its own guard and its own node, which shows 100,000 wrapped tokens. */
abstract class OneMemberFixture {
  @TempDir Path folder;

  final World world = new World();
  final FakeEvm node = new FakeEvm("main");
  EquivocationGuard guard;
  CommitteeMember member;

  @BeforeEach
  void open() {
    guard = world.newGuard(folder, 0);
    member = world.member(0, node, guard);
    node.supply = Amount.of(100_000);
    node.mine(1);
  }

  @AfterEach
  void close() {
    guard.close();
  }
}
