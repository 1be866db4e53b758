package io.pointsman.serving.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SerialPublisherTest {

    private final List<String> told = new ArrayList<>();
    private final SerialPublisher<String> publisher =
            new SerialPublisher<>(_ -> told.add("subscribed"), _ -> told.add("changed"));
    private final Recorder subscriber = new Recorder();

    @Test
    void isReadyWhileThereIsDemand() {
        publisher.subscribe(subscriber);
        assertThat(publisher.demand()).isZero();

        subscriber.subscription().request(2);
        publisher.next("a");
        assertThat(publisher.demand()).isPositive();
        publisher.next("b");

        assertThat(publisher.demand()).isZero();
        publisher.complete();
        assertThat(subscriber.signals).containsExactly("a", "b", "complete");
    }

    @Test
    void tellsOfDemandOnlyWhereThereWasNone() {
        publisher.subscribe(subscriber);
        subscriber.subscription().request(1);
        subscriber.subscription().request(1);
        publisher.next("a");
        publisher.next("b");
        subscriber.subscription().request(1);

        assertThat(told).containsExactly("subscribed", "changed", "changed");
    }

    @Test
    void unboundedDemandStaysSo() {
        publisher.subscribe(subscriber);
        subscriber.subscription().request(Long.MAX_VALUE);
        subscriber.subscription().request(Long.MAX_VALUE);
        publisher.next("a");
        publisher.next("b");

        assertThat(publisher.demand()).isPositive();
    }

    @Test
    void saysNothingAfterCancel() {
        publisher.subscribe(subscriber);
        subscriber.subscription().request(5);
        subscriber.subscription().cancel();
        subscriber.subscription().cancel();

        assertThat(publisher.over()).isTrue();
        assertThat(publisher.demand()).isZero();
        publisher.next("a");
        publisher.complete();
        publisher.fail(new IllegalStateException());
        publisher.drop();
        assertThat(subscriber.signals).isEmpty();
        assertThat(told).containsExactly("subscribed", "changed", "changed");
    }

    @Test
    void failsForDemandThatIsNotPositive() {
        publisher.subscribe(subscriber);
        subscriber.subscription().request(0);

        assertThat(publisher.over()).isTrue();
        publisher.drop();
        assertThat(subscriber.signals).containsExactly("IllegalArgumentException");
    }

    @Test
    void hasOneSubscriber() {
        publisher.subscribe(subscriber);
        var second = new Recorder();
        publisher.subscribe(second);

        second.subscription().request(1);
        second.subscription().cancel();
        assertThat(second.signals).containsExactly("IllegalStateException");
        assertThat(publisher.over()).isFalse();
    }

    @Test
    void endsOnce() {
        publisher.subscribe(subscriber);
        publisher.fail(new IllegalStateException());
        publisher.complete();
        publisher.next("a");
        subscriber.subscription().request(1);

        assertThat(subscriber.signals).containsExactly("IllegalStateException");
        assertThat(told).containsExactly("subscribed");
    }

    @Test
    void losesNoDemandOfOtherThreads() throws InterruptedException {
        int rounds = 20_000;
        var woken = new AtomicInteger();
        var concurrent = new SerialPublisher<String>(_ -> {}, _ -> woken.incrementAndGet());
        concurrent.subscribe(subscriber);
        var finished = new CountDownLatch(2);
        for (int i = 0; i < 2; i++) {
            Thread.ofVirtual()
                    .start(() -> {
                        for (int n = 0; n < rounds; n++) {
                            subscriber.subscription().request(1);
                        }
                        finished.countDown();
                    });
        }

        int sent = 0;
        while (sent < 2 * rounds) {
            if (concurrent.demand() > 0) {
                concurrent.next("x");
                sent++;
            } else {
                Thread.onSpinWait();
            }
        }

        assertThat(finished.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(concurrent.demand()).isZero();
        assertThat(subscriber.signals).hasSize(2 * rounds);
        assertThat(woken.get()).isPositive();
    }

    private static final class Recorder implements Flow.Subscriber<String> {

        private final List<String> signals = new ArrayList<>();
        private Flow.@Nullable Subscription subscription;

        Flow.Subscription subscription() {
            if (subscription == null) {
                throw new IllegalStateException("not subscribed");
            }
            return subscription;
        }

        @Override
        public void onSubscribe(Flow.Subscription newSubscription) {
            subscription = newSubscription;
        }

        @Override
        public void onNext(String item) {
            signals.add(item);
        }

        @Override
        public void onError(Throwable throwable) {
            signals.add(throwable.getClass().getSimpleName());
        }

        @Override
        public void onComplete() {
            signals.add("complete");
        }
    }
}
