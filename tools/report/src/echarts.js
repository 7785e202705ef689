// The parts of ECharts that the figures use, and no others: the bundle holds what is imported here.
import { init, use } from "echarts/core";
import { BarChart, CustomChart, HeatmapChart, LineChart, ParallelChart, ScatterChart } from "echarts/charts";
import { GridComponent, LegendScrollComponent, MarkLineComponent, ParallelComponent, TooltipComponent, VisualMapContinuousComponent } from "echarts/components";
import { CanvasRenderer } from "echarts/renderers";

use([BarChart, CustomChart, HeatmapChart, LineChart, ParallelChart, ScatterChart, GridComponent, LegendScrollComponent, MarkLineComponent, ParallelComponent,
  TooltipComponent, VisualMapContinuousComponent, CanvasRenderer]);

export { init };
