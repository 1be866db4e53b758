package io.pointsman.lab.mini;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ColumnsTest {
    @Test
    void carries() {
        assertThat(Columns.sum(85, 18)).isEqualTo("85+18: 5+8+0=13 8+1+1=10 =103");
    }

    @Test
    void borrowsAndDropsLeadingZeros() {
        assertThat(Columns.difference(79, 73)).isEqualTo("79-73: 9-3-0=06 7-7-0=00 =06 =6");
    }

    @Test
    void findsTheSizeOfANegativeDifference() {
        assertThat(Columns.difference(95, 97))
                .isEqualTo("95-97: 5-7-0=18 9-9-1=19 =98 neg 0-98: 0-8-0=12 0-9-1=10 =02 =2 =-2");
    }

    @Test
    void knowsTheTable() {
        assertThat(Columns.product(12, 7)).isEqualTo("12*7=84");
    }

    @Test
    void multipliesDigitByDigit() {
        assertThat(Columns.product(626, 39))
                .isEqualTo(
                        "626*39 ; 626*9: 6*9+0=54 2*9+5=23 6*9+2=56 =5634"
                                + " ; 626*3: 6*3+0=18 2*3+1=07 6*3+0=18 =1878"
                                + " ; 5634+18780: 4+0+0=04 3+8+0=11 6+7+1=14 5+8+1=14 0+1+1=02 =24414");
    }
}
